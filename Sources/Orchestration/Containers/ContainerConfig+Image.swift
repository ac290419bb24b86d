import DockerEngine

extension ContainerConfig {
  /// What the engine makes of this configuration: the image's values where it says nothing (Engine API, container create).
  func merged(over image: ContainerConfig) -> ContainerConfig {
    var merged = self
    if user.isEmpty { merged.user = image.user }
    if workingDirectory.isEmpty { merged.workingDirectory = image.workingDirectory }
    if stopSignal.isEmpty { merged.stopSignal = image.stopSignal }
    merged.exposedPorts.merge(image.exposedPorts) { own, _ in own }
    merged.volumes.merge(image.volumes) { own, _ in own }
    merged.labels.merge(image.labels) { own, _ in own }
    let named = Set(environment.map(Self.variable))
    merged.environment += image.environment.filter { !named.contains(Self.variable($0)) }
    if (entrypoint ?? []).isEmpty {
      if (command ?? []).isEmpty { merged.command = image.command }
      if entrypoint == nil { merged.entrypoint = image.entrypoint }
    }
    // The way to say: no entrypoint, not even the image's.
    if merged.entrypoint == [""] { merged.entrypoint = nil }
    merged.healthcheck = Self.merged(healthcheck, over: image.healthcheck)
    return merged
  }

  private static func merged(_ own: HealthConfig?, over image: HealthConfig?) -> HealthConfig? {
    guard var own, let image else { return own ?? image }
    if own.test.isEmpty { own.test = image.test }
    if own.intervalNanoseconds == 0 { own.intervalNanoseconds = image.intervalNanoseconds }
    if own.timeoutNanoseconds == 0 { own.timeoutNanoseconds = image.timeoutNanoseconds }
    if own.startPeriodNanoseconds == 0 { own.startPeriodNanoseconds = image.startPeriodNanoseconds }
    if own.startIntervalNanoseconds == 0 { own.startIntervalNanoseconds = image.startIntervalNanoseconds }
    if own.retries == 0 { own.retries = image.retries }
    return own
  }

  /// The name of `NAME=value`.
  static func variable(_ entry: String) -> String { String(entry.prefix { $0 != "=" }) }
}
