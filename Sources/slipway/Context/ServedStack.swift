import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient

/// A stack that a server keeps.
struct ServedStack: Sendable {
  let connection: ServerConnection
  let name: String
  /// Of the server's own servers; `local` is the engine of its machine.
  let server: String

  func path(_ part: String) -> String { "/api/v1/stacks/\(name)@\(server)/\(part)" }

  private struct Listing: Decodable, Sendable { var items: [FileBody] }

  /// The files of its folder; nil: there is no such stack.
  func files() async throws -> [FileBody]? {
    do {
      return try await connection.call(.get, path("files"), as: Listing.self).items
    } catch let problem as ServerProblem {
      guard problem.status == 404 else { throw problem }
      return nil
    }
  }

  /// Brings the files there: those that are other than the server's, all in one change; a stack that is not there is made.
  ///
  /// - Parameter known: what `files` gave.
  func send(_ bundle: ProjectBundle, over known: [FileBody]?) async throws {
    if let known { return try await change(bundle.changes(to: known)) }
    let body = NewStackBody(name: name, server: server, files: bundle.contents, sent: true)
    _ = try await connection.call(.post, "/api/v1/stacks", sending: body, as: StackBody.self)
  }

  /// Takes away what this project has no more, once it is deployed.
  func tidy(_ bundle: ProjectBundle) async throws {
    try await change(bundle.removals(from: try await connection.call(.get, path("files"), as: Listing.self).items))
  }

  /// One change but for very many.
  private func change(_ changes: [FileChangesBody.Change]) async throws {
    for start in stride(from: 0, to: changes.count, by: FileChangesBody.limit) {
      let some = Array(changes[start..<min(start + FileChangesBody.limit, changes.count)])
      _ = try await connection.call(.patch, path("files"), sending: FileChangesBody(changes: some), as: FileTagsBody.self)
    }
  }
}

extension StackSession {
  /// As `containers`, of several servers, each asked by itself.
  func gather(
    _ servers: [String], all: Bool, stack: String?
  ) async throws -> StackServers.Gathered<[ContainerSummary]> {
    guard case .remote = try await place() else {
      return try await StackServers.gather(servers, global) {
        try await $0.listContainers(all: all, filters: .labels([ComposeLabel.project: stack]))
      }
    }
    var gathered = StackServers.Gathered<[ContainerSummary]>()
    for server in servers {
      do {
        gathered.found.append((server, try await containers(all: all, stack: stack, server: server)))
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        gathered.failures.append((server, error))
      }
    }
    return gathered
  }

  /// The containers of a stack, or of all stacks, where this command works.
  ///
  /// - Parameter server: of the context's servers; nil: the one that options name.
  func containers(
    all: Bool, stack: String?, server: String? = nil
  ) async throws -> [ContainerSummary] {
    guard case .remote(let connection) = try await place() else {
      return try await withOperations(notice: nil) {
        try await $0.engine.listContainers(all: all, filters: .labels([ComposeLabel.project: stack]))
      }
    }
    let wanted = server ?? global.server ?? ServerName.local
    return try await Interruption.cancelling(notice: nil) {
      try await connection.summaries(server: wanted, stack: stack, all: all)
    }
  }
}
