package import RevisionStore

/// What the running containers of a stack used together at one moment.
package struct StackUsage: Hashable, Sendable {
  package var at: Timestamp
  /// Of one processor: 200 are two whole ones.
  package var cpuPercent: Double
  package var memoryBytes: UInt64
}

extension StatsHub {
  /// The samples of containers added up, in steps of the sampling interval, the oldest first.
  ///
  /// - Parameter since: nothing that is older.
  package func usage(of containers: [Key], since: Timestamp) -> [StackUsage] {
    Self.sums(containers.map { history(of: $0) }, since: since)
  }

  static func sums(_ histories: [[Sample]], since: Timestamp) -> [StackUsage] {
    let step = Int64(interval / .milliseconds(1))
    var sums: [Int64: StackUsage] = [:]
    for samples in histories {
      // Two looks at a container within one step, as when somebody watches it, count once.
      var own: [Int64: Sample] = [:]
      for sample in samples where sample.at >= since { own[sample.at.milliseconds / step] = sample }
      for (number, sample) in own {
        var sum = sums[number] ?? StackUsage(at: sample.at, cpuPercent: 0, memoryBytes: 0)
        sum.at = max(sum.at, sample.at)
        sum.cpuPercent += sample.usage.cpuPercent ?? 0
        // What an engine tells may be anything.
        let (bytes, isTooMuch) = sum.memoryBytes.addingReportingOverflow(UInt64(clamping: sample.usage.memoryBytes))
        sum.memoryBytes = isTooMuch ? .max : bytes
        sums[number] = sum
      }
    }
    return sums.sorted { $0.key < $1.key }.map(\.value)
  }
}
