import DockerEngine
import StackPlanning

/// The one way to a container or a volume of a stack that an engine is asked to make: each request is judged by the policy first,
/// wherever it comes from (S-AZ-5).
struct EngineWrites: Sendable {
  /// What binds whoever asks.
  struct Rules: Sendable {
    var level: PolicyLevel
    /// Without what the engine must be asked for: that is asked anew for each request.
    var context: PolicyContext
    var exceptions: PolicyExceptions
    var socketPath: String?
  }

  let engine: EngineClient
  let stack: String
  /// Nil: findings were told, and stop nothing.
  let rules: Rules?

  /// - Parameters:
  ///   - part: the attribute of the service that it is made for; empty: it is the service's own.
  ///   - enginePaths: where files of this machine are for the engine.
  ///   - own: containers of the stack that Slipway itself shares volumes of.
  /// - Throws: `PolicyDenied`; `EngineError`.
  func createContainer(
    named name: String, _ spec: ContainerSpec, platform: String?, of service: String, part: String = "",
    enginePaths: [String: String], own: Set<String> = []
  ) async throws -> CreatedContainer {
    if let rules {
      let paths = Dictionary(enginePaths.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
      var judged = JudgedContainer(spec, service: service, stack: stack, paths: paths, own: own)
      judged.part = part
      var context = rules.context
      try await PolicyFacts(engine: engine, socketPath: rules.socketPath).add([judged], volumes: [], to: &context)
      try rules.require(ComposePolicy(level: rules.level, context: context).findings(in: judged))
    }
    return try await engine.createContainer(named: name, spec, platform: platform)
  }

  /// - Throws: `PolicyDenied`; `EngineError`.
  func createVolume(_ spec: VolumeSpec) async throws -> VolumeInspection {
    if let rules {
      let judged = JudgedVolume(name: spec.name, driver: spec.driver, options: spec.options)
      var context = rules.context
      try await PolicyFacts(engine: engine, socketPath: rules.socketPath).add([], volumes: [judged], to: &context)
      try rules.require(ComposePolicy(level: rules.level, context: context).findings(in: judged))
    }
    return try await engine.createVolume(spec)
  }
}

extension EngineWrites.Rules {
  fileprivate func require(_ findings: [PolicyFinding]) throws {
    let judged = exceptions.applied(to: findings)
    guard judged.contains(where: \.isDenied) else { return }
    throw PolicyDenied(judged)
  }
}
