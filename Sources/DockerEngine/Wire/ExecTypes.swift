/// The body of `POST /containers/ID/exec`.
package struct ExecSpec: WireValue, Sendable {
  @OrDefault package var attachesStdin: Bool
  @OrDefault package var attachesStdout: Bool
  @OrDefault package var attachesStderr: Bool
  @OrDefault package var hasTTY: Bool
  @OrDefault package var detachKeys: String
  @OrDefault package var environment: [String]
  @OrDefault package var command: [String]
  @OrDefault package var isPrivileged: Bool
  @OrDefault package var user: String
  @OrDefault package var workingDirectory: String
  /// Rows, then columns (API 1.42).
  package var consoleSize: [Int]?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case attachesStdin = "AttachStdin"
    case attachesStdout = "AttachStdout"
    case attachesStderr = "AttachStderr"
    case hasTTY = "Tty"
    case detachKeys = "DetachKeys"
    case environment = "Env"
    case command = "Cmd"
    case isPrivileged = "Privileged"
    case user = "User"
    case workingDirectory = "WorkingDir"
    case consoleSize = "ConsoleSize"
  }
}

/// The body of `POST /exec/ID/start`.
package struct ExecStart: WireValue, Sendable {
  @OrDefault package var isDetached: Bool
  @OrDefault package var hasTTY: Bool
  package var consoleSize: [Int]?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case isDetached = "Detach"
    case hasTTY = "Tty"
    case consoleSize = "ConsoleSize"
  }
}

/// How an exec is doing.
package struct ExecInspection: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var containerID: String
  @OrDefault package var isRunning: Bool
  /// Nil while it runs.
  package var exitCode: Int?
  @OrDefault package var pid: Int

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "ID"
    case containerID = "ContainerID"
    case isRunning = "Running"
    case exitCode = "ExitCode"
    case pid = "Pid"
  }
}

/// The answer of `GET /containers/ID/top`.
package struct ContainerProcesses: WireValue, Sendable {
  @OrDefault package var titles: [String]
  @OrDefault package var rows: [[String]]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case titles = "Titles"
    case rows = "Processes"
  }
}

/// How a container ended.
package struct ContainerWaitResult: WireValue, Sendable {
  @OrDefault package var statusCode: Int
  package var error: ContainerWaitError?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case statusCode = "StatusCode"
    case error = "Error"
  }
}

/// Why waiting failed.
package struct ContainerWaitError: WireValue, Sendable {
  @OrDefault package var message: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case message = "Message"
  }
}

/// The answer of `POST /containers/create`.
package struct CreatedContainer: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var warnings: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case warnings = "Warnings"
  }
}

/// An answer that is only an Id.
package struct CreatedObject: WireValue, Sendable {
  @OrDefault package var id: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
  }
}

/// What a prune of containers removed.
package struct ContainersPruned: WireValue, Sendable {
  @OrDefault package var ids: [String]
  @OrDefault package var reclaimedBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case ids = "ContainersDeleted"
    case reclaimedBytes = "SpaceReclaimed"
  }
}

/// The body of `POST /containers/ID/update`: nil is left as it is.
package struct ContainerUpdate: WireValue, Sendable {
  package var cpuShares: Int64?
  package var memoryBytes: Int64?
  package var memorySwapBytes: Int64?
  package var memoryReservationBytes: Int64?
  package var nanoCPUs: Int64?
  package var cpuPeriodMicroseconds: Int64?
  package var cpuQuotaMicroseconds: Int64?
  package var cpusetCPUs: String?
  package var cpusetMemoryNodes: String?
  package var pidsLimit: Int64?
  package var blockIOWeight: Int?
  package var restartPolicy: HostRestartPolicy?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case cpuShares = "CpuShares"
    case memoryBytes = "Memory"
    case memorySwapBytes = "MemorySwap"
    case memoryReservationBytes = "MemoryReservation"
    case nanoCPUs = "NanoCpus"
    case cpuPeriodMicroseconds = "CpuPeriod"
    case cpuQuotaMicroseconds = "CpuQuota"
    case cpusetCPUs = "CpusetCpus"
    case cpusetMemoryNodes = "CpusetMems"
    case pidsLimit = "PidsLimit"
    case blockIOWeight = "BlkioWeight"
    case restartPolicy = "RestartPolicy"
  }
}

/// The answer of an update.
package struct ContainerUpdated: WireValue, Sendable {
  @OrDefault package var warnings: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case warnings = "Warnings"
  }
}

/// The body of an error answer.
package struct EngineMessage: WireValue, Sendable {
  @OrDefault package var message: String
  /// Podman only.
  @OrDefault package var cause: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case message = "message"
    case cause = "cause"
  }
}
