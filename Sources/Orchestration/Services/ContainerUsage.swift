package import DockerEngine

/// What a container uses of the machine.
package struct ContainerUsage: Hashable, Sendable {
  /// 100 is one whole processor; nil: it has not told yet.
  package var cpuPercent: Double?
  /// Without what can be dropped of the cache.
  package var memoryBytes: UInt64
  package var memoryLimitBytes: UInt64
  package var receivedBytes: UInt64
  package var sentBytes: UInt64
  package var readBytes: UInt64
  package var writtenBytes: UInt64
  package var processes: UInt64

  package init(
    cpuPercent: Double?, memoryBytes: UInt64, memoryLimitBytes: UInt64, receivedBytes: UInt64, sentBytes: UInt64,
    readBytes: UInt64, writtenBytes: UInt64, processes: UInt64
  ) {
    self.cpuPercent = cpuPercent
    self.memoryBytes = memoryBytes
    self.memoryLimitBytes = memoryLimitBytes
    self.receivedBytes = receivedBytes
    self.sentBytes = sentBytes
    self.readBytes = readBytes
    self.writtenBytes = writtenBytes
    self.processes = processes
  }

  package init(_ stats: ContainerStats) {
    func block(_ operation: String) -> UInt64 {
      stats.blockIO.serviceBytes.filter { $0.operation.lowercased() == operation }.reduce(0) { $0 &+ $1.value }
    }
    self.init(
      cpuPercent: stats.cpuPercent, memoryBytes: stats.memory.workingSetBytes, memoryLimitBytes: stats.memory.limitBytes,
      receivedBytes: stats.networks.values.reduce(0) { $0 &+ $1.receivedBytes },
      sentBytes: stats.networks.values.reduce(0) { $0 &+ $1.sentBytes }, readBytes: block("read"),
      writtenBytes: block("write"), processes: UInt64(clamping: stats.processes.current))
  }
}
