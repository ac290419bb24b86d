import DockerEngine
import RevisionStore
import Testing

@testable import Orchestration

struct StackUsageTests {
  private func sample(_ seconds: Int64, cpu: Double, memory: Int) -> StatsHub.Sample {
    let usage = ContainerUsage(
      cpuPercent: cpu, memoryBytes: UInt64(memory), memoryLimitBytes: 0, receivedBytes: 0, sentBytes: 0, readBytes: 0,
      writtenBytes: 0, processes: 1)
    return StatsHub.Sample(at: Timestamp(seconds: seconds), usage: usage)
  }

  @Test func `Containers are added up step by step, each once`() {
    let sums = StatsHub.sums(
      [
        [sample(15, cpu: 1, memory: 10), sample(30, cpu: 2, memory: 20), sample(33, cpu: 3, memory: 30)],
        [sample(31, cpu: 10, memory: 100)], [],
      ], since: Timestamp(seconds: 0))
    #expect(sums.map(\.cpuPercent) == [1, 13])
    #expect(sums.map(\.memoryBytes) == [10, 130])
    #expect(sums.map(\.at.milliseconds) == [15_000, 33_000])
  }

  @Test func `What is older is left out`() {
    #expect(StatsHub.sums([[sample(15, cpu: 1, memory: 1)]], since: Timestamp(seconds: 16)).isEmpty)
  }
}
