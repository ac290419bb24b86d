import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import SlipwayServer
import Synchronization

/// The contexts of builds that the server of the context does: each is read and sent when the operation wants it.
struct ContextUploads: Sendable {
  private let contexts: OwnContexts
  private let stack: ServedStack

  init(_ contexts: OwnContexts, _ stack: ServedStack) {
    self.contexts = contexts
    self.stack = stack
  }

  /// Runs `body`, which follows an operation and says of which services it wants the contexts.
  ///
  /// - Throws: why the server does not take a context; the operation is cancelled then.
  func serving<Value: Sendable>(
    _ operation: String, _ body: (_ wants: @escaping @Sendable (String) -> Void) async throws -> Value
  ) async throws -> Value {
    let (services, wanted) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(Self.serviceLimit))
    let failure = Failure()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await withDiscardingTaskGroup { uploads in
          for await service in services {
            uploads.addTask {
              do {
                try await send(service, operation)
              } catch {
                guard !Task.isCancelled else { return }
                failure.error.withLock { $0 = $0 ?? error }
                // WHY try?: one that has ended meanwhile says so, and nothing is lost.
                _ = try? await stack.connection.call(.post, "/api/v1/operations/\(ServerConnection.escaped(operation))/cancel")
              }
            }
          }
          uploads.cancelAll()
        }
      }
      let result: Result<Value, any Error>
      do {
        result = .success(try await body { wanted.yield($0) })
      } catch {
        result = .failure(error)
      }
      wanted.finish()
      group.cancelAll()
      if let error = failure.error.withLock({ $0 }) { throw error }
      return try result.get()
    }
  }

  /// The first that came.
  private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }

  /// Services of one project, as the server takes them.
  private static let serviceLimit = 500

  private func send(_ service: String, _ operation: String) async throws {
    let path = stack.path("contexts/\(ServerConnection.escaped(operation))/\(ServerConnection.escaped(service))")
    guard let bytes = contexts.bytes(of: service) else {
      return try await refuse(path, "this command has no context of \(service)\n  fix: call it again")
    }
    do {
      try await stack.connection.upload(.put, path, type: "application/octet-stream", telling(bytes, path))
    } catch let problem as ServerProblem {
      // The build has ended before, and says why itself.
      guard [404, 409].contains(problem.status) else { throw problem }
    } catch is ConnectionFailure {
      // The build hears of it too, and fails; a server that is gone is noticed by who follows the operation.
    } catch {
      // What could not be read is told to the build, which fails with it.
      if bytes.problem == nil { throw error }
    }
  }

  /// The same bytes; what ends them early is told to the server first.
  private func telling(_ bytes: ContextBytes, _ path: String) -> ContextBytes {
    ContextBytes {
      let source = bytes.makeAsyncIterator()
      return ArchiveBytes {
        do {
          return try await source.next()
        } catch {
          if let problem = bytes.problem { try await refuse(path, problem) }
          throw error
        }
      }
    }
  }

  private func refuse(_ path: String, _ reason: String) async throws {
    _ = try await stack.connection.call(
      .post, path + "/refusal", body: ServerConnection.bytes(ContextRefusalBody(reason: String(reason.prefix(16_000)))))
  }
}

extension StackSession {
  /// The contexts of a project's builds for a server; nil: it has none.
  func contexts(_ project: Project, _ stack: ServedStack) -> (body: BuildContextsBody, uploads: ContextUploads)? {
    let contexts = OwnContexts(project)
    return BuildContextsBody(contexts, defaultPlatform: environment["DOCKER_DEFAULT_PLATFORM"]).map {
      (body: $0, uploads: ContextUploads(contexts, stack))
    }
  }
}
