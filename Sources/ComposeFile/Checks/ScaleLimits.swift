/// How many containers may be asked for: what a plan must hold in memory, and one machine can run.
package enum ScaleLimits {
  /// Of one service. A Linux bridge has 1024 ports (`BR_MAX_PORTS`), and every container of a service is on the same ones.
  package static let service = 1_000
  /// Of one project, over all its services.
  package static let project = 20_000
}
