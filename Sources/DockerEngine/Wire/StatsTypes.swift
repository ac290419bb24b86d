/// One sample of what a container uses (`GET /containers/ID/stats`).
package struct ContainerStats: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var slashedName: String
  @OrDefault package var readAt: EngineTimestamp
  @OrDefault package var previousReadAt: EngineTimestamp
  @OrDefault package var cpu: CPUStats
  /// Zero in the first sample of a stream and in one-shot ones.
  @OrDefault package var previousCPU: CPUStats
  @OrDefault package var memory: MemoryStats
  /// By interface; empty in host networking.
  @OrDefault package var networks: [String: NetworkStats]
  @OrDefault package var blockIO: BlockIOStats
  @OrDefault package var processes: ProcessStats

  package init() {}

  /// The share of the processors used between the two reads: 100 is one whole processor; nil without an earlier read.
  package var cpuPercent: Double? {
    guard cpu.systemNanoseconds > previousCPU.systemNanoseconds, previousCPU.systemNanoseconds > 0,
      cpu.usage.totalNanoseconds >= previousCPU.usage.totalNanoseconds
    else { return nil }
    let used = Double(cpu.usage.totalNanoseconds - previousCPU.usage.totalNanoseconds)
    let passed = Double(cpu.systemNanoseconds - previousCPU.systemNanoseconds)
    let processors = cpu.onlineCount > 0 ? cpu.onlineCount : UInt64(max(cpu.usage.perProcessorNanoseconds.count, 1))
    return used / passed * Double(processors) * 100
  }

  private enum CodingKeys: String, CodingKey {
    case id = "id"
    case slashedName = "name"
    case readAt = "read"
    case previousReadAt = "preread"
    case cpu = "cpu_stats"
    case previousCPU = "precpu_stats"
    case memory = "memory_stats"
    case networks = "networks"
    case blockIO = "blkio_stats"
    case processes = "pids_stats"
  }
}

/// Processor time.
package struct CPUStats: WireValue, Sendable {
  @OrDefault package var usage: CPUUsage
  /// Of the whole host, over all processors.
  @OrDefault package var systemNanoseconds: UInt64
  @OrDefault package var onlineCount: UInt64
  @OrDefault package var throttling: CPUThrottling

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case usage = "cpu_usage"
    case systemNanoseconds = "system_cpu_usage"
    case onlineCount = "online_cpus"
    case throttling = "throttling_data"
  }
}

/// Processor time of one container.
package struct CPUUsage: WireValue, Sendable {
  @OrDefault package var totalNanoseconds: UInt64
  @OrDefault package var kernelNanoseconds: UInt64
  @OrDefault package var userNanoseconds: UInt64
  @OrDefault package var perProcessorNanoseconds: [UInt64]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case totalNanoseconds = "total_usage"
    case kernelNanoseconds = "usage_in_kernelmode"
    case userNanoseconds = "usage_in_usermode"
    case perProcessorNanoseconds = "percpu_usage"
  }
}

/// How often the quota stopped a container.
package struct CPUThrottling: WireValue, Sendable {
  @OrDefault package var periods: UInt64
  @OrDefault package var throttledPeriods: UInt64
  @OrDefault package var throttledNanoseconds: UInt64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case periods = "periods"
    case throttledPeriods = "throttled_periods"
    case throttledNanoseconds = "throttled_time"
  }
}

/// Memory of a container, in bytes.
package struct MemoryStats: WireValue, Sendable {
  @OrDefault package var usageBytes: UInt64
  /// cgroup v1 only.
  @OrDefault package var maximumBytes: UInt64
  @OrDefault package var limitBytes: UInt64
  @OrDefault package var details: [String: UInt64]

  package init() {}

  /// Usage without the page cache that can be dropped, as the Docker CLI shows it.
  package var workingSetBytes: UInt64 {
    let inactive = details["total_inactive_file"] ?? details["inactive_file"] ?? 0
    return inactive < usageBytes ? usageBytes - inactive : usageBytes
  }

  private enum CodingKeys: String, CodingKey {
    case usageBytes = "usage"
    case maximumBytes = "max_usage"
    case limitBytes = "limit"
    case details = "stats"
  }
}

/// Traffic of one interface.
package struct NetworkStats: WireValue, Sendable {
  @OrDefault package var receivedBytes: UInt64
  @OrDefault package var receivedPackets: UInt64
  @OrDefault package var receivedErrors: UInt64
  @OrDefault package var receivedDropped: UInt64
  @OrDefault package var sentBytes: UInt64
  @OrDefault package var sentPackets: UInt64
  @OrDefault package var sentErrors: UInt64
  @OrDefault package var sentDropped: UInt64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case receivedBytes = "rx_bytes"
    case receivedPackets = "rx_packets"
    case receivedErrors = "rx_errors"
    case receivedDropped = "rx_dropped"
    case sentBytes = "tx_bytes"
    case sentPackets = "tx_packets"
    case sentErrors = "tx_errors"
    case sentDropped = "tx_dropped"
  }
}

/// Disk traffic.
package struct BlockIOStats: WireValue, Sendable {
  @OrDefault package var serviceBytes: [BlockIOEntry]
  @OrDefault package var serviced: [BlockIOEntry]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case serviceBytes = "io_service_bytes_recursive"
    case serviced = "io_serviced_recursive"
  }
}

/// A counter of one device and operation.
package struct BlockIOEntry: WireValue, Sendable {
  @OrDefault package var major: UInt64
  @OrDefault package var minor: UInt64
  /// `read`, `write` …, in any case.
  @OrDefault package var operation: String
  @OrDefault package var value: UInt64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case major = "major"
    case minor = "minor"
    case operation = "op"
    case value = "value"
  }
}

/// How many processes a container has.
package struct ProcessStats: WireValue, Sendable {
  @OrDefault package var current: UInt64
  @OrDefault package var limit: UInt64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case current = "current"
    case limit = "limit"
  }
}
