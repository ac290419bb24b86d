import Glibc
package import RevisionStore

/// Looks at a data directory without changing anything.
package struct StoreDiagnosis: Sendable {
  private let path: String
  private let now: Timestamp

  /// Below this, a warning; below `StackOperations.requiredFreeBytes` no deploy is begun.
  static let comfortableFreeBytes: UInt64 = 1 << 30
  /// 2026-01-01: no clock that is right shows less.
  static let earliestMilliseconds: Int64 = 1_767_225_600_000

  package init(dataDirectory: String, now: Timestamp = .systemNow()) {
    path = dataDirectory
    self.now = now
  }

  package func findings() async -> [Finding] {
    var findings: [Finding] = []
    var newest: Timestamp?
    do {
      if let store = try RevisionStore.openForReading(dataDirectory: path) {
        findings += await look(into: store)
        let stacks = try await store.unfinishedOperations()
        findings += operations(stacks)
        newest = stacks.map(\.startedAt).max()
      } else {
        findings.append(folder())
      }
    } catch {
      findings.append(Finding("store", failure: error))
    }
    findings.append(disk())
    findings.append(clock(newest))
    return findings
  }

  private func look(into store: RevisionStore) async -> [Finding] {
    if case .damaged(let error) = store.condition { return [Finding("store", failure: error)] }
    do {
      if let problem = try await store.integrityProblem() {
        return [
          Finding(
            "store", .fail, "\(path)/slipway.db is damaged: \(problem)",
            remedy: "restore the newest file of \(path)/backups, or recover it with sqlite3's .recover")
        ]
      }
    } catch {
      return [Finding("store", failure: error)]
    }
    return [Finding("store", .ok, "\(path) is ours alone (mode 700), opens, and passes SQLite's check")]
  }

  /// There is no database yet: whether one can be made.
  private func folder() -> Finding {
    var parent = path
    var status = stat()
    while unsafe stat(parent, &status) != 0 {
      guard let slash = parent.lastIndex(of: "/"), slash != parent.startIndex else { parent = "/"; break }
      parent = String(parent[..<slash])
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return Finding(
        "store", .fail, "there is no store, and none can be made: \(parent) is no folder",
        remedy: "set SLIPWAY_DATA to a folder of your own")
    }
    guard unsafe access(parent, W_OK | X_OK) == 0 else {
      return Finding(
        "store", .fail, "there is no store, and none can be made: \(parent) is not writable",
        remedy: "set SLIPWAY_DATA to a folder of your own")
    }
    if parent == path, status.st_mode & 0o077 != 0 {
      return Finding(
        "store", .fail, "\(path) is open to other users (mode \(String(status.st_mode & 0o777, radix: 8)))",
        remedy: "run `chmod 700 \(path)`")
    }
    return Finding("store", .ok, "none yet; the first deploy makes it in \(path)")
  }

  private func disk() -> Finding {
    guard let free = DiskSpace.freeBytes(near: path) else {
      return Finding("disk", .warn, "the free space for \(path) cannot be read", remedy: "check that the path exists")
    }
    let words = "\(free >> 20) MiB are free for \(path)"
    let remedy = "free disk space, or set SLIPWAY_DATA to another file system"
    if free < StackOperations.requiredFreeBytes {
      return Finding("disk", .fail, "only \(words); a deploy needs \(StackOperations.requiredFreeBytes >> 20)", remedy: remedy)
    }
    return free < Self.comfortableFreeBytes
      ? Finding("disk", .warn, "only \(words)", remedy: remedy) : Finding("disk", .ok, words)
  }

  private func operations(_ open: [JournaledOperation]) -> [Finding] {
    guard !open.isEmpty else { return [Finding("operations", .ok, "none is open")] }
    let processes = ProcessTable.system()
    return open.prefix(20).map { operation in
      let what = "\"\(operation.title)\" of \(operation.author) on \(operation.stack)"
      return switch operation.ownerLiveness(using: processes) {
      case .alive: Finding("operations", .ok, "\(what) is running (process \(operation.owner.processID))")
      case .dead:
        Finding(
          "operations", .warn, "\(what) was interrupted (\(operation.state.rawValue))",
          remedy: "the next command that changes a stack brings it to an end; `slipway stop` does, for one")
      case .unknown:
        Finding(
          "operations", .warn,
          "\(what) belongs to process \(operation.owner.processID) on \(operation.owner.host), which cannot be seen from here",
          remedy: "wait for it to end; if it is gone for good, run `slipway unlock --lock-id \(operation.lockID)`")
      }
    }
  }

  private func clock(_ newest: Timestamp?) -> Finding {
    let remedy = "set the clock, and let NTP keep it (timedatectl set-ntp true)"
    if now.milliseconds < Self.earliestMilliseconds || newest.map({ now < $0 }) == true {
      return Finding("clock", .fail, "the clock of this machine is behind what was written already", remedy: remedy)
    }
    return Finding("clock", .ok, "not behind what was written")
  }
}
