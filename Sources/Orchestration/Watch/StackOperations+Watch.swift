/// What a watch tells.
package enum WatchProgress: Sendable {
  /// From now on changes are seen.
  case watching(services: [String], paths: [String])
  case synced(service: String, files: Int, deletions: Int, containers: Int)
  /// Removals are done when these containers run.
  case waiting(service: String, deletions: Int, containers: [String])
  case executed(service: String, containers: Int)
  case restarted(service: String)
  case rebuilding(service: String)
  case rebuilt(service: String)
  /// The watch goes on.
  case failed(service: String, reason: String)
  /// Too much changed at once; all is copied again.
  case lookingAgain
  /// Something is not as it should be from now on; the watch goes on.
  case warning(String)
}

package typealias WatchSink = @Sendable (WatchProgress) -> Void

extension StackOperations {
  /// Acts on changes of files until the task is cancelled.
  ///
  /// A reaction that fails is told, and the watch goes on.
  /// - Parameters:
  ///   - request: what a rebuild deploys; its services are replaced by the one that is rebuilt.
  ///   - prunes: images that a rebuild leaves without a name are removed.
  package func watch(_ plan: WatchPlan, _ request: DeployRequest, prunes: Bool, tell: @escaping WatchSink) async throws {
    var watch = StackWatch(operations: self, plan: plan, request: request, prunes: prunes, tell: tell)
    try await watch.run()
  }
}
