import ComposeFile
import DockerEngine
import Synchronization

/// The contexts that whoever asked for builds has on another machine, and sends when one is needed.
///
/// A build asks for its context and waits. The call that brings it ends when the build has read all of it: what the engine does not
/// take is not read, and nothing is kept. Safe to use from several tasks.
package final class CallerContexts: Sendable {
  /// What is known of a context before it comes.
  package struct Announced: Hashable, Sendable {
    /// The build's section as its owner knows it, `FILE: services.NAME.build`: messages name it.
    package var place: String
    /// The Dockerfile's path within the context.
    package var dockerfile: String
    /// Why there is none, with a remedy; empty: there is one.
    package var problem: String

    package init(place: String, dockerfile: String, problem: String) {
      self.place = place
      self.dockerfile = dockerfile
      self.problem = problem
    }
  }

  /// What who asked may do.
  package struct Rights: Hashable, Sendable {
    package var mayBuild: Bool
    /// Give images names that are not made from those of the stack and the service: such a name may be another stack's.
    package var mayNameImages: Bool

    package init(mayBuild: Bool, mayNameImages: Bool) {
      self.mayBuild = mayBuild
      self.mayNameImages = mayNameImages
    }
  }

  /// Nobody waits for the context, or it is on its way already.
  package struct NotWanted: Error, Sendable {}

  /// Longest wait for the beginning of a context: its owner hears within a second that it is wanted.
  package static let waitLimit: Duration = .seconds(60)

  private enum Arrival: Sendable {
    case bytes(@Sendable () -> ArchiveBytes)
    case refused(String)
  }

  private struct Slot {
    var arrivals: AsyncStream<Arrival>.Continuation
    /// Of the call that brings it; nil: none has come.
    var taken: AsyncStream<Void>.Continuation?
    var problem: String?
  }

  private let announced: [String: Announced]
  private let rights: Rights
  private let waitLimit: Duration
  private let ask: @Sendable (String) -> Void
  private let slots = Mutex<[String: Slot]>([:])

  /// - Parameters:
  ///   - announced: by service.
  ///   - ask: is told of each service whose context is wanted now.
  package init(
    _ announced: [String: Announced], _ rights: Rights, waitLimit: Duration = waitLimit,
    ask: @escaping @Sendable (String) -> Void
  ) {
    self.announced = announced
    self.rights = rights
    self.waitLimit = waitLimit
    self.ask = ask
  }

  // MARK: For whoever has them

  /// Brings a context; returns when all of it was read, or its build has ended.
  ///
  /// - Throws: `NotWanted`.
  package func deliver(_ service: String, _ bytes: @escaping @Sendable () -> ArchiveBytes) async throws(NotWanted) {
    let (end, taken) = AsyncStream.makeStream(of: Void.self)
    let isWanted = slots.withLock { slots in
      guard let slot = slots[service], slot.taken == nil else { return false }
      slots[service]?.taken = taken
      slot.arrivals.yield(.bytes(bytes))
      return true
    }
    guard isWanted else { throw NotWanted() }
    for await _ in end {}
  }

  /// Says that a context cannot be had, or cannot be sent on; its build fails with the reason.
  ///
  /// - Throws: `NotWanted`.
  package func refuse(_ service: String, because reason: String) throws(NotWanted) {
    let isWanted = slots.withLock { slots in
      guard let slot = slots[service] else { return false }
      slots[service]?.problem = reason
      slot.arrivals.yield(.refused(reason))
      return true
    }
    guard isWanted else { throw NotWanted() }
  }

  // MARK: For the build

  /// What a build's section is called in messages; nil: nothing was announced of it.
  func place(of service: String) -> String? { announced[service]?.place }

  /// - Throws: `OperationRefused` with what is missing or not allowed.
  func context(of build: BuildSection, of service: Service, at place: String) throws(OperationRefused) -> BuildContext {
    guard rights.mayBuild else {
      throw OperationRefused(
        description:
          "\(place): a build runs commands on the server, which takes the right to a shell (may_exec) and, of a token, the scope exec\n  fix: have it granted; or push the image to a registry, and let the server pull it"
      )
    }
    let isOwnName = service.image == nil && build.tags.isEmpty
    guard isOwnName || rights.mayNameImages else {
      throw OperationRefused(
        description:
          "\(place): its image gets a name that may be any image's of the server, which takes the right to pull images there\n  fix: leave out `image` and `tags`, or have the right granted"
      )
    }
    guard case .folder = ContextPlace(build.context) else {
      return .remote(build.context, dockerfile: build.dockerfile ?? "Dockerfile")
    }
    guard let known = announced[service.name] else {
      throw OperationRefused(
        description: "\(place).context: who asked for the build does not send it\n  fix: build with a slipway of this version")
    }
    guard known.problem.isEmpty else { throw OperationRefused(description: known.problem) }
    let parts = known.dockerfile.split(separator: "/", omittingEmptySubsequences: false)
    guard !known.dockerfile.isEmpty, !parts.contains(where: { ["", "..", "."].contains($0) }) else {
      throw OperationRefused(
        description: "\(place).dockerfile: \(known.dockerfile) is no path of a Dockerfile within the context\n  fix: correct it")
    }
    return .sent(self, dockerfile: known.dockerfile)
  }

  /// Asks for a context and waits for it. Call `close` when the build has ended, however it ended.
  ///
  /// - Throws: `BuildFailure` when it does not come, or cannot.
  func open(_ service: String) async throws -> ContextBytes {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Arrival.self, bufferingPolicy: .bufferingOldest(1))
    slots.withLock { $0[service] = Slot(arrivals: arrived) }
    ask(service)
    let arrival: Arrival?
    do {
      arrival = try await withDeadline(waitLimit) {
        for await arrival in arrivals { return arrival }
        return nil
      }
    } catch is DeadlinePassed {
      arrival = nil
    }
    try Task.checkCancellation()
    switch arrival {
    case .bytes(let make): return bytes(of: service, make)
    case .refused(let reason): throw BuildFailure(description: reason)
    case nil:
      throw BuildFailure(
        description:
          "its context did not come within \(waitLimit.components.seconds) s\n  fix: let the command run until the build has ended; then build again"
      )
    }
  }

  /// Lets go of who still brings the context.
  func close(_ service: String) {
    guard let slot = slots.withLock({ $0.removeValue(forKey: service) }) else { return }
    slot.arrivals.finish()
    slot.taken?.finish()
  }

  private func bytes(of service: String, _ make: @escaping @Sendable () -> ArchiveBytes) -> ContextBytes {
    ContextBytes(problem: { self.slots.withLock { $0[service]?.problem } }) {
      let source = make()
      return ArchiveBytes {
        do {
          let part = try await source.next()
          if part == nil { self.slots.withLock { $0[service]?.taken }?.finish() }
          return part
        } catch {
          self.slots.withLock { slots in
            if slots[service]?.problem == nil {
              slots[service]?.problem =
                "its context did not come whole: the command that sends it has ended, or lost the server\n  fix: build again"
            }
          }
          throw error
        }
      }
    }
  }
}
