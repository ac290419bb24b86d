import Glibc

/// Which process owns an operation, told apart from every other one that had its number.
package struct OwnerIdentity: Hashable, Sendable {
  package var host: String
  /// Of `/proc/sys/kernel/random/boot_id`: numbers of processes start anew with it.
  package var bootID: String
  /// Of `/proc/self/ns/pid`: a container has its own numbers.
  package var processNamespace: String
  package var processID: Int32
  /// Clock ticks since boot (`/proc/PID/stat`, field 22); tells a reused number.
  package var processStart: Int64

  package init(host: String, bootID: String, processNamespace: String, processID: Int32, processStart: Int64) {
    self.host = host
    self.bootID = bootID
    self.processNamespace = processNamespace
    self.processID = processID
    self.processStart = processStart
  }
}

/// Whether the process that owns an operation still runs.
package enum OwnerLiveness: Hashable, Sendable {
  case alive, dead
  /// On another host or in another container: only a person can know (`slipway unlock --lock-id`).
  case unknown
}

/// What can be known of the processes of this host.
package struct ProcessTable: Sendable {
  /// The process that asks.
  package var me: OwnerIdentity
  /// The start of a running process, in clock ticks since boot; nil when there is none of that number.
  package var startOfProcess: @Sendable (Int32) -> Int64?

  package init(me: OwnerIdentity, startOfProcess: @escaping @Sendable (Int32) -> Int64?) {
    self.me = me
    self.startOfProcess = startOfProcess
  }

  /// Whether `owner` still runs, as far as this process can see.
  package func liveness(of owner: OwnerIdentity) -> OwnerLiveness {
    if owner == me { return .alive }
    guard owner.host == me.host || owner.bootID == me.bootID else { return .unknown }
    if owner.bootID != me.bootID { return .dead }
    guard owner.processNamespace == me.processNamespace else { return .unknown }
    return startOfProcess(owner.processID) == owner.processStart ? .alive : .dead
  }
}

extension Operation {
  /// Whether the process that runs it still lives.
  package func ownerLiveness(using processes: ProcessTable) -> OwnerLiveness {
    processes.liveness(of: owner)
  }

  /// True only when it is certain that the owner runs.
  package func isOwnerAlive(using processes: ProcessTable) -> Bool {
    ownerLiveness(using: processes) == .alive
  }
}

extension LockHolder {
  /// Whether the process that holds the lock still lives.
  package func ownerLiveness(using processes: ProcessTable) -> OwnerLiveness {
    processes.liveness(of: owner)
  }
}
