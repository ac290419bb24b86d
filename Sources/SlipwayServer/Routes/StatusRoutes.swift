import Accounts
import DockerEngine
import HTTPTypes
import LogStreaming
import Orchestration
import RevisionStore
import SlipwayAPI

/// How the server process itself is, for people and for Prometheus (I1).
extension ServerParts {
  var statusRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/system", access: .may(.systemRead, .all), tag: "system", summary: "The server process",
        answers: [.json(SystemBody.schema, "As it is now.")], handle: { _ in try .json(await systemBody()) }),
      Route(
        method: .get, path: "/metrics", access: .may(.metricsRead, .all), tag: "system", summary: "Metrics for Prometheus",
        details: "It takes a session, a token with the scope metrics, or the unix socket.",
        answers: [Route.Answer(status: .ok, about: "The text format, version 0.0.4.", type: Self.metricsType)],
        handle: { _ in APIAnswer(status: .ok, content: .bytes(Array(try await metrics().utf8), type: Self.metricsType)) }),
    ]
  }

  private static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

  private func systemBody() async throws -> SystemBody {
    let states = fleet.states.servers
    let load = await jobs.load
    let condition: SystemBody.Store =
      switch store.condition {
      case .sound: .init(condition: "sound", sizeBytes: store.sizeBytes, message: nil)
      case .damaged: .init(condition: "damaged", sizeBytes: store.sizeBytes, message: "the store is damaged and only read")
      }
    return SystemBody(
      title: try await ServerSettings(store).title(), version: process.version, startedAt: process.startedAt.text,
      uptimeSeconds: process.uptimeSeconds, store: condition,
      disk: SystemInfo.disk(here: process.dataDirectory).map { ServerInfoBody.Disk($0) }, sockets: sockets.count,
      operationsRunning: load.running, operationsWaiting: load.waiting, memoryBytes: ProcessFacts.residentBytes,
      servers: states.count, serversUp: states.count { $0.link == .up })
  }

  /// No label holds what a client chose, but names of servers, which an admin gives (S-SEC-5).
  func metrics() async throws -> String {
    var page = MetricsPage()
    page.add("slipway_build_info", .gauge, "The version that runs.", [(["version": process.version], 1)])
    let states = fleet.states.servers
    page.add(
      "slipway_server_up", .gauge, "Whether a server's engine can be asked.",
      states.map { (["server": $0.server], $0.link == .up ? 1 : 0) })
    page.add(
      "slipway_containers", .gauge, "Containers of stacks.", states.map { (["server": $0.server], Double($0.containers.count)) })
    page.add(
      "slipway_containers_running", .gauge, "Containers of stacks that run.",
      states.map { state in
        (["server": state.server], Double(state.containers.values.count { $0.status == .running }))
      })
    page.add(
      "slipway_containers_unhealthy", .gauge, "Containers of stacks whose health check fails.",
      states.map { state in
        (["server": state.server], Double(state.containers.values.count { $0.health == "unhealthy" }))
      })
    let rows = try await catalog.rows()
    page.add(
      "slipway_stacks", .gauge, "Stacks by what state they are in.",
      FleetStates.Status.allCases.map { status in
        (["status": status.rawValue], Double(rows.count { $0.status == status }))
      })
    page.add(
      "slipway_master_key_usable", .gauge, "Whether stored secrets can be opened.",
      [([:], await keyProblem() == nil ? 1 : 0)])
    await addOperations(to: &page)
    addLogs(to: &page)
    page.add("slipway_sockets", .gauge, "WebSockets that are open.", [([:], Double(sockets.count))])
    page.add("slipway_store_bytes", .gauge, "Size of the database.", [([:], Double(store.sizeBytes))])
    page.add(
      "slipway_store_damaged", .gauge, "Whether the database is only read.", [([:], store.condition == .sound ? 0 : 1)])
    if let disk = SystemInfo.disk(here: process.dataDirectory) {
      page.add("slipway_data_free_bytes", .gauge, "Free where the data directory is.", [([:], Double(disk.freeBytes))])
    }
    addRequests(to: &page)
    addProcess(to: &page)
    return page.text
  }

  private func addOperations(to page: inout MetricsPage) async {
    let load = await jobs.load
    page.add("slipway_operations_running", .gauge, "Operations that run now.", [([:], Double(load.running))])
    page.add("slipway_operations_waiting", .gauge, "Operations that wait for their turn.", [([:], Double(load.waiting))])
    let ended = await jobs.ended.sorted { ($0.key.kind, $0.key.state.rawValue) < ($1.key.kind, $1.key.state.rawValue) }
    func labels(_ key: JobRunner.Ended) -> [String: String] { ["kind": key.kind, "state": key.state.rawValue] }
    page.add(
      "slipway_operations_total", .counter, "Operations that have ended since the start.",
      ended.map { (labels($0.key), Double($0.value.count)) })
    page.add(
      "slipway_operation_seconds_total", .counter, "How long these ran, in all.",
      ended.map { (labels($0.key), $0.value.time / .seconds(1)) })
  }

  /// R-LOG-1: what is read is read once for all clients, and what they lose is counted.
  private func addLogs(to page: inout MetricsPage) {
    page.add("slipway_log_readers", .gauge, "Containers whose logs are read now.", [([:], Double(logs.readerCount))])
    page.add("slipway_log_subscriptions", .gauge, "Clients that follow logs.", [([:], Double(logs.subscriptionCount))])
    page.add("slipway_log_buffered_bytes", .gauge, "Memory of the lines that are kept.", [([:], Double(logs.ringBytes))])
    page.add("slipway_log_lines_total", .counter, "Lines that were read from engines live.", [([:], Double(logs.lineCount))])
    page.add("slipway_log_gaps_total", .counter, "How often a client was too slow for them.", [([:], Double(logs.gapCount))])
    page.add(
      "slipway_log_dropped_lines_total", .counter, "Lines that slow clients have lost.", [([:], Double(logs.droppedLineCount))])
  }

  private func addRequests(to page: inout MetricsPage) {
    let all = requests.all
    func labels(_ key: RequestCounts.Key) -> [String: String] {
      ["method": key.method, "route": key.path, "status": key.status]
    }
    page.add(
      "slipway_http_requests_total", .counter, "Calls by route and class of answer.",
      all.map { (labels($0.key), Double($0.value.count)) })
    page.add(
      "slipway_http_request_seconds_total", .counter, "How long these took to the head of their answer, in all.",
      all.map { (labels($0.key), $0.value.time / .seconds(1)) })
  }

  /// Named as Prometheus's own clients name them.
  private func addProcess(to page: inout MetricsPage) {
    page.add(
      "process_resident_memory_bytes", .gauge, "Resident memory.", [([:], Double(ProcessFacts.residentBytes))])
    page.add("process_cpu_seconds_total", .counter, "Processor time used.", [([:], ProcessFacts.processorSeconds)])
    if let files = ProcessFacts.openFiles { page.add("process_open_fds", .gauge, "Open descriptors.", [([:], Double(files))]) }
    page.add(
      "process_start_time_seconds", .gauge, "When it started, since 1970.",
      [([:], Double(process.startedAt.milliseconds) / 1000)])
  }
}

/// Metrics in Prometheus's text format, version 0.0.4.
struct MetricsPage: Sendable {
  enum Kind: String, Sendable { case gauge, counter }

  private(set) var text = ""

  /// - Parameter help: one line.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [String: String], value: Double)]) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples {
      let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
      text += name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") + " \(Self.number(sample.value))\n"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
