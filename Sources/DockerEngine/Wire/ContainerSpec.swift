/// The body of `POST /containers/create`.
package struct ContainerSpec: WireValue, Sendable {
  package var config = ContainerConfig()
  package var hostConfig = HostConfig()
  package var networkingConfig = NetworkingConfig()

  package init() {}

  /// The engine wants `config` beside the others, not below a key of its own.
  package init(from decoder: any Decoder) throws {
    config = try ContainerConfig(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    hostConfig = try container.decodeIfPresent(HostConfig.self, forKey: .hostConfig) ?? HostConfig()
    networkingConfig = try container.decodeIfPresent(NetworkingConfig.self, forKey: .networkingConfig) ?? NetworkingConfig()
  }

  package func encode(to encoder: any Encoder) throws {
    try config.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    if hostConfig != HostConfig() { try container.encode(hostConfig, forKey: .hostConfig) }
    if networkingConfig != NetworkingConfig() { try container.encode(networkingConfig, forKey: .networkingConfig) }
  }

  private enum CodingKeys: String, CodingKey {
    case hostConfig = "HostConfig"
    case networkingConfig = "NetworkingConfig"
  }
}

/// The networks a container joins when it is created.
///
/// Engines before API 1.44 take at most one entry here; the others are joined by `connectNetwork`.
package struct NetworkingConfig: WireValue, Sendable {
  @OrDefault package var endpoints: [String: EndpointSettings]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case endpoints = "EndpointsConfig"
  }
}

/// What a container runs, whatever the host.
package struct ContainerConfig: WireValue, Sendable {
  @OrDefault package var hostname: String
  @OrDefault package var domainname: String
  @OrDefault package var user: String
  @OrDefault package var attachesStdin: Bool
  @OrDefault package var attachesStdout: Bool
  @OrDefault package var attachesStderr: Bool
  /// Keyed `80/tcp`.
  @OrDefault package var exposedPorts: [String: EmptyObject]
  @OrDefault package var hasTTY: Bool
  @OrDefault package var opensStdin: Bool
  @OrDefault package var closesStdinOnce: Bool
  /// `NAME=value`; `NAME` alone unsets one of the image.
  @OrDefault package var environment: [String]
  /// Nil: the image's own; empty: none.
  package var command: [String]?
  package var healthcheck: HealthConfig?
  package var escapesArguments: Bool?
  @OrDefault package var image: String
  /// Paths that become anonymous volumes.
  @OrDefault package var volumes: [String: EmptyObject]
  @OrDefault package var workingDirectory: String
  /// Nil: the image's own; an empty string in it: none.
  package var entrypoint: [String]?
  package var isNetworkDisabled: Bool?
  /// Container-wide; API 1.44 moved it to the endpoint.
  @OrDefault package var macAddress: String
  @OrDefault package var onBuild: [String]
  @OrDefault package var labels: [String: String]
  @OrDefault package var stopSignal: String
  package var stopTimeoutSeconds: Int?
  @OrDefault package var shell: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case hostname = "Hostname"
    case domainname = "Domainname"
    case user = "User"
    case attachesStdin = "AttachStdin"
    case attachesStdout = "AttachStdout"
    case attachesStderr = "AttachStderr"
    case exposedPorts = "ExposedPorts"
    case hasTTY = "Tty"
    case opensStdin = "OpenStdin"
    case closesStdinOnce = "StdinOnce"
    case environment = "Env"
    case command = "Cmd"
    case healthcheck = "Healthcheck"
    case escapesArguments = "ArgsEscaped"
    case image = "Image"
    case volumes = "Volumes"
    case workingDirectory = "WorkingDir"
    case entrypoint = "Entrypoint"
    case isNetworkDisabled = "NetworkDisabled"
    case macAddress = "MacAddress"
    case onBuild = "OnBuild"
    case labels = "Labels"
    case stopSignal = "StopSignal"
    case stopTimeoutSeconds = "StopTimeout"
    case shell = "Shell"
  }
}

/// How a container's health is probed.
///
/// Durations are nanoseconds; 0 means the image's or the engine's default.
package struct HealthConfig: WireValue, Sendable {
  /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`; empty inherits.
  @OrDefault package var test: [String]
  @OrDefault package var intervalNanoseconds: Int64
  @OrDefault package var timeoutNanoseconds: Int64
  @OrDefault package var retries: Int
  @OrDefault package var startPeriodNanoseconds: Int64
  /// API 1.44.
  @OrDefault package var startIntervalNanoseconds: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case test = "Test"
    case intervalNanoseconds = "Interval"
    case timeoutNanoseconds = "Timeout"
    case retries = "Retries"
    case startPeriodNanoseconds = "StartPeriod"
    case startIntervalNanoseconds = "StartInterval"
  }
}
