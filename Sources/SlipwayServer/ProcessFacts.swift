import FoundationEssentials
import Glibc
import RevisionStore

/// What the server knows of its own process.
struct ProcessFacts: Sendable {
  let version: String
  let dataDirectory: String
  let startedAt: Timestamp
  private let begin: ContinuousClock.Instant

  /// Of a process that starts now.
  init(version: String, dataDirectory: String) {
    self.version = version
    self.dataDirectory = dataDirectory
    startedAt = .systemNow()
    begin = .now
  }

  var uptimeSeconds: Int64 { begin.duration(to: .now).components.seconds }

  /// What it has in memory (proc_pid_statm(5)); 0: it cannot be had.
  static var residentBytes: Int64 {
    let words = text("/proc/self/statm").split(separator: " ")
    return (words.count > 1 ? Int64(words[1]) ?? 0 : 0) * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Processor time that it has used.
  static var processorSeconds: Double {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Descriptors that it has open; nil: it cannot be had.
  static var openFiles: Int? {
    // WHY try?: a machine without /proc has no such number.
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
  }

  private static func text(_ path: String) -> String {
    // WHY try?: as above.
    (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
