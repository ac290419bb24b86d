import DockerEngine
import NIOCore
import Synchronization

/// The lines of some containers for one client: history first, then what is written, merged by time.
///
/// Lines are taken by calling `next` again and again, from one task; what is not taken costs no memory. `close` must be called at
/// the end (`LogHub.withSubscription` does).
package actor LogSubscription {
  /// Containers in one subscription.
  package static let sourceLimit = 1024
  /// JSON of one delivery; one record may be longer.
  package static let deliveryBytes = 64 << 10
  /// How long nothing may be taken while there is something (R-LOG-1).
  package static let stallLimit: Duration = .seconds(30)
  /// How long lines that are live are gathered into one delivery.
  static let gathering: Duration = .milliseconds(10)
  /// What is worth a delivery at once.
  static let gatheredBytes = 32 << 10
  /// How long a line waits for earlier ones of other containers.
  static let window: Duration = .milliseconds(20)
  /// Reads of history that may miss the live lines, for a container that writes faster than it is read.
  static let rounds = 8
  /// Of these, how many may be for lines that were lost while other containers were read.
  static let lossRounds = 4
  /// Notices that wait; a client that takes none is ended before.
  private static let noticeLimit = 4096

  /// Losses and returns of links that wait to be told.
  private static let linkLimit = 256

  nonisolated let signal: WakeSignal
  nonisolated let links = Mutex<[(server: String?, notice: LinkNotice)]>([])
  let hub: LogHub
  let clock: LogClock
  let form: LogForm
  let follows: Bool
  let until: LogSelection
  let linkLimit: Duration?
  private let cursor: LogBookmark?
  private let isEnded: @Sendable () -> Void
  var lanes: [LogLane] = []
  private(set) var notices: [LogDelivery] = []
  var matcher: LogMatcher?
  private(set) var credit: Int
  private var failure: LogStreamError?
  private var isClosed = false
  /// Some containers are still read for the first time: lines go out in the exact order of time.
  var isInitial = true
  private(set) var lastDelivery: Duration
  /// Something was delivered, be it that there is nothing.
  private(set) var hasDelivered = false
  private var lastProgress: Duration
  private var isWaiting = false

  init(_ hub: LogHub, _ request: LogRequest, form: LogForm, clock: LogClock, isEnded: @escaping @Sendable () -> Void) {
    self.hub = hub
    self.clock = clock
    self.form = form
    self.isEnded = isEnded
    follows = request.follows && request.selection.until == nil
    until = request.selection
    linkLimit = request.linkLimit
    cursor = request.cursor
    credit = request.creditBytes
    matcher = request.filter.map { LogMatcher($0, clock) }
    signal = WakeSignal(clock)
    lastProgress = clock.now()
    lastDelivery = clock.now() - Self.gathering
  }

  // MARK: Changes

  /// Lets so many more bytes of JSON be delivered.
  package func grant(bytes: Int) {
    credit = min(credit + max(0, bytes), 1 << 40)
    progressed()
    signal.wake(isUrgent: true)
  }

  /// Lines from now on are those that `filter` lets through; nil is all.
  package func setFilter(_ filter: LogFilter?) {
    matcher = filter.map { LogMatcher($0, clock) }
    signal.wake()
  }

  /// Changes the containers: those that are not named are left, new ones begin as `selection` says (nil: as the request did).
  ///
  /// A container that has just been made is to be joined with all its lines: `LogSelection()`.
  /// - Throws: `LogStreamError.tooManySources`, and what the hub's engines throw.
  package func setSources(_ origins: [LogOrigin], joining selection: LogSelection? = nil) async throws {
    var wanted: [LogOriginKey: LogOrigin] = [:]
    for origin in origins { wanted[origin.key] = origin }
    guard wanted.count <= Self.sourceLimit else { throw LogStreamError.tooManySources(limit: Self.sourceLimit) }
    let known = Set(lanes.map(\.origin.key))
    var fresh: [LogOrigin] = []
    var seen = known
    for origin in origins where seen.insert(origin.key).inserted { fresh.append(origin) }
    var sources: [(LogOrigin, HubSource)] = []
    for origin in fresh { sources.append((origin, try await hub.source(of: origin))) }
    // The actor was left: others may have changed it.
    guard !isClosed, failure == nil else { return }
    var names: [String: LogOrigin] = [:]
    lanes.removeAll { lane in
      names["\(lane.origin.server ?? "")/\(lane.origin.source.name)"] = lane.origin
      guard wanted[lane.origin.key] == nil else { return false }
      lane.leave()
      return true
    }
    let present = Set(lanes.map(\.origin.key))
    for (origin, source) in sources where !present.contains(origin.key) {
      if let before = names["\(origin.server ?? "")/\(origin.source.name)"], before.key != origin.key {
        tell(.replaced(before, by: origin))
      }
      open(origin, source, selection ?? until)
    }
    signal.wake()
  }

  /// A container has another state now: where it was started again since the end that was told, or is about to be, its lines go on
  /// behind the last one.
  ///
  /// - Parameters:
  ///   - key: nil: any may have been.
  ///   - runs: Taken as started where the engine cannot say more.
  func changed(_ key: LogOriginKey?, runs: Bool) {
    for lane in lanes where (key ?? lane.origin.key) == lane.origin.key {
      let outcome = lane.noteChange()
      guard case .ended(_, let known)? = outcome, let outcome else {
        // It could not be read any more, which was told: its next run is another matter.
        if runs, lane.hasEnded { restart(lane) }
        continue
      }
      guard !lane.startsAgain else { continue }
      // WHY: one engine that does not answer holds up nothing else; it ends by the limit of that call.
      Task { await self.look(at: lane, outcome, startedAt: known, runs: runs) }
    }
  }

  private func look(
    at lane: LogLane, _ outcome: ContainerReader.Outcome, startedAt known: EngineTimestamp?, runs: Bool
  ) async {
    let isOther: Bool
    do {
      // What is gone starts no more.
      guard let state = try await hub.source(of: lane.origin).logs.state() else { return }
      isOther = state.startedAt != known && state.status != .created
    } catch {
      isOther = runs
    }
    // Meanwhile somebody else may have found out.
    guard isOther, !isClosed, lanes.contains(where: { $0 === lane }), lane.outcome == outcome else { return }
    if lane.hasEnded { restart(lane) } else { lane.startsAgain = true }
  }

  /// Puts a lane in the place of one whose end was told.
  func restart(_ old: LogLane) {
    guard !isClosed, let index = lanes.firstIndex(where: { $0 === old }) else { return }
    // The source is looked for by the lane itself: nothing may come between.
    let begin: HistoryFeed.Begin = old.mark.isUnknown ? .selection(tail: nil, since: nil) : .after(old.mark)
    let lane = LogLane(old.origin, begin: begin, isLate: true, phase: .opening)
    lanes[index] = lane
    // WHY: the way to the engine is asked for beside the lines of the others; `leave` ends it.
    lane.task = Task { await self.follow(lane) }
  }

  private func follow(_ lane: LogLane) async {
    do {
      let source = try await hub.source(of: lane.origin)
      guard !Task.isCancelled, !isClosed else { return }
      lane.follow(source, signal)
    } catch {
      guard !Task.isCancelled else { return }
      tell(.unreadable(lane.origin, reason: "\(error)"))
      lane.phase = .ended
    }
    signal.wake()
  }

  /// Ends the subscription: readers that nobody else needs end soon.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    for lane in lanes { lane.leave() }
    lanes = []
    hub.left(self)
    signal.wake(isUrgent: true)
  }

  func fail(_ error: LogStreamError) {
    guard !isClosed, failure == nil else { return }
    failure = error
    for lane in lanes { lane.leave() }
    lanes = []
    signal.wake(isUrgent: true)
    isEnded()
  }

  /// What happened to the way to a server; called from anywhere.
  nonisolated func post(server: String?, _ notice: LinkNotice) {
    links.withLock { if $0.count < Self.linkLimit { $0.append((server, notice)) } }
    signal.wake()
  }

  /// Ends it when nothing was taken for too long while there was something.
  func checkProgress() {
    let hasPending =
      !notices.isEmpty
      || lanes.contains { lane in
        if lane.head != nil { return true }
        switch lane.phase {
        case .history(let feed): return feed.hasSomething
        case .live: return lane.reader.map { $0.pendingBytes(lane.client) > 0 } ?? false
        case .opening, .arrived, .ended: return false
        }
      }
    if !hasPending || isWaiting && credit > 0 { return progressed() }
    if clock.now() - lastProgress >= Self.stallLimit { fail(.tooSlow(limit: Self.stallLimit)) }
  }

  private func progressed() { lastProgress = clock.now() }

  func tell(_ notice: LogDelivery) {
    guard notices.count < Self.noticeLimit else { return fail(.tooSlow(limit: Self.stallLimit)) }
    notices.append(notice)
  }

  private func open(_ origin: LogOrigin, _ source: HubSource, _ selection: LogSelection) {
    let begin: HistoryFeed.Begin =
      if let mark = cursor?.mark(of: origin.key) { .after(mark) } else {
        .selection(tail: selection.tail, since: selection.since)
      }
    let lane = LogLane(origin, begin: begin, isLate: !isInitial, phase: .opening)
    lanes.append(lane)
    if follows {
      lane.follow(source, signal)
    } else {
      readHistory(begin, for: lane)
    }
  }

  // MARK: Lines

  /// The next delivery; nil at the end of what is not followed, and after `close`. One task at a time.
  ///
  /// - Throws: `LogStreamError`; `CancellationError`, after which it can be called again.
  package func next() async throws -> LogDelivery? {
    progressed()
    while true {
      try Task.checkCancellation()
      if let failure { throw failure }
      if isClosed { return nil }
      try advance()
      if !notices.isEmpty {
        progressed()
        return notices.removeFirst()
      }
      var deadline: Duration?
      var urgentOnly = false
      if credit > 0 {
        switch try compose() {
        case .lines(let lines):
          credit -= lines.json.readableBytes
          lastDelivery = clock.now()
          hasDelivered = true
          progressed()
          return .lines(lines)
        case .notice: continue
        case .end: return nil
        case .wait(let until, let urgent): (deadline, urgentOnly) = (until, urgent)
        }
      }
      isWaiting = true
      await signal.wait(until: deadline, urgentOnly: urgentOnly)
      isWaiting = false
    }
  }
}
