/// The time of a call was up.
package struct DeadlinePassed: Error {}

/// Runs `body`, and cancels it after `limit`: then `DeadlinePassed` is thrown, unless `body` finished in time after all.
///
/// `body` must end soon after a cancellation.
package func withDeadline<Value: Sendable>(
  _ limit: Duration?, _ body: @escaping @concurrent @Sendable () async throws -> Value
) async throws -> Value {
  guard let limit else { return try await body() }
  return try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try? await Task.sleep(for: limit)
      return nil
    }
    while let finished = try await group.next() {
      if let value = finished {
        group.cancelAll()
        return value
      }
      if Task.isCancelled { continue }
      group.cancelAll()
      do {
        if let late = try await group.next(), let value = late { return value }
      } catch {
        throw DeadlinePassed()
      }
    }
    throw CancellationError()
  }
}
