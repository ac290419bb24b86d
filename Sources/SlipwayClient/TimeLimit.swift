/// Runs `body` for at most `limit`; then it is cancelled, and `failure` thrown.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, failure: @autoclosure () -> ConnectionFailure, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let result = try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
  guard let result else { throw failure() }
  return result
}
