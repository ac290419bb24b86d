import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI

extension StackBody {
  /// - Parameter drifts: what was found of whether it runs as its revision says.
  init(_ row: StackCatalog.Row, _ drifts: DriftMarks) {
    self.init(
      name: row.key.project, server: row.key.server, status: row.status.rawValue, reachable: row.isReachable,
      services: row.services, servicesUp: row.servicesUp, containers: row.containers, running: row.running,
      revision: row.revision,
      lastRevision: row.lastRevision > 0 ? row.lastRevision : nil, changedAt: row.changedAt?.text, managed: row.hasFolder,
      busy: row.holder?.title, drifted: row.driftState.flatMap { drifts.mark(of: row.key, in: $0) })
  }
}

extension StackCatalog.Row {
  /// What a look for drift is good for; nil: there is nothing to look at now.
  var driftState: DriftMarks.State? {
    guard let revision, isReachable, holder == nil else { return nil }
    return DriftMarks.State(containers: stamp, revision: revision)
  }
}

extension ContainerBody {
  init(_ summary: ContainerSummary, server: String) {
    let labels = summary.labels
    self.init(
      id: summary.id, name: summary.name, server: server, stack: labels[ComposeLabel.project],
      service: labels[ComposeLabel.service], number: labels[ComposeLabel.number].flatMap { Int($0) }, image: summary.image,
      status: summary.state.rawValue, health: ServerState.health(inStatus: summary.status), text: summary.status,
      createdAt: Timestamp(seconds: summary.createdAtSeconds).secondsText,
      ports: summary.ports.map { port in
        Port(
          address: port.ip.isEmpty ? nil : port.ip, published: port.publicPort, target: port.privatePort, transport: port.kind)
      })
  }
}

extension OperationBody {
  init(_ job: Job) {
    self.init(
      id: job.id, kind: job.kind, server: job.server, stack: job.stack, state: job.state.rawValue, title: job.title,
      requestedBy: job.requestedBy, way: job.way.rawValue, createdAt: job.createdAt.text, startedAt: job.startedAt?.text,
      endedAt: job.endedAt?.text, revision: job.revision, result: job.result.map { RawJSON(text: $0) },
      error: job.error.map { RawJSON(text: $0) })
  }
}

extension RevisionBody {
  init(
    number: Int, createdAt: Timestamp, author: String, message: String, kind: RevisionKind, outcome: RevisionOutcome,
    images: [String: ImageRecord], current: Int?, isDown: Bool
  ) {
    let (word, from): (String, Int?) =
      switch kind {
      case .deploy: ("deploy", nil)
      case .rollback(let from): ("rollback", from)
      case .adopt: ("adopt", nil)
      case .restored(let from): ("restored", from)
      }
    self.init(
      number: number, createdAt: createdAt.text, author: author, message: message, kind: word, from: from,
      outcome: outcome.rawValue, current: number == current, down: number == current && isDown,
      images: images.mapValues { Image(reference: $0.reference, digest: $0.digest, id: $0.imageID) })
  }
}
