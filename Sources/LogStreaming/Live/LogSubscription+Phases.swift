import NIOCore
import Synchronization

/// How a container's lines come to a subscription: from the ring or from history, then live.
extension LogSubscription {
  private func takeLinks() -> [(server: String?, notice: LinkNotice)] {
    links.withLock { links in
      defer { links = [] }
      return links
    }
  }

  /// Takes what has come for each container, and moves it on from one phase to the next.
  func advance() throws {
    for (server, notice) in takeLinks() where lanes.contains(where: { $0.origin.server == server }) {
      tell(.link(server: server, notice))
    }
    for lane in lanes { try advance(lane) }
    guard follows else { return }
    // Initially all wait for the last, so that the order is exact.
    let isBlocked = lanes.contains { lane in
      switch lane.phase {
      case .opening, .history: !lane.isLate
      case .arrived, .live, .ended: false
      }
    }
    for lane in lanes {
      guard case .arrived(let mark) = lane.phase, !isBlocked || lane.isLate, let reader = lane.reader else { continue }
      let joining = reader.join(lane.client, after: mark, anyway: lane.rounds >= Self.rounds || reader.unreadable != nil)
      // It writes faster than it can be read: how many lines are lost is not known, but that some are.
      if joining == .amid { tell(.gap(lines: 1, lane.origin)) }
      if joining != .refused {
        lane.phase = .live
        try advance(lane)
      } else {
        lane.rounds += 1
        readHistory(mark.isUnknown ? lane.begin : .after(mark), for: lane)
      }
    }
    if isInitial { for lane in lanes { readAgainWhatWasLost(lane) } }
    if isInitial, lanes.allSatisfy({ $0.isLive || $0.hasEnded }) {
      isInitial = false
      tellThatNothingIsThere()
    }
  }

  /// Who follows what has written nothing yet is told so, with no lines: it looks like an engine that does not answer else.
  private func tellThatNothingIsThere() {
    guard !hasDelivered, notices.isEmpty, lanes.allSatisfy({ $0.head == nil }) else { return }
    tell(.lines(LogLines(json: ByteBuffer(), count: 0, bookmark: bookmark())))
  }

  func advance(_ lane: LogLane) throws {
    switch lane.phase {
    case .opening:
      guard let reader = lane.reader else { return }
      switch reader.opening {
      case .notYet: return
      case .unreadable(let reason):
        tellUnreadable(lane, reason)
        lane.phase = .arrived(.start)
      case .ready: begin(lane, reader)
      }
    case .history(let feed):
      guard lane.head == nil else { return }
      switch feed.take() {
      case .nothing: return
      case .batch(let batch): lane.add(batch, from: 0)
      case .end(.reached(let mark, let lines)):
        // Nothing new came: the log does not go on beyond what the ring has.
        if lines == 0, lane.rounds > 0 { lane.rounds = Self.rounds }
        lane.phase = follows ? .arrived(mark.isUnknown ? .start : mark) : .ended
      case .end(.unreadable(let reason)):
        tellUnreadable(lane, reason)
        lane.phase = follows ? .arrived(.start) : .ended
      case .end(.failed(let reason)):
        guard follows else { throw LogStreamError.failed(source: lane.origin.source.name, reason: reason) }
        tell(.unreadable(lane.origin, reason: reason))
        end(lane)
      }
    case .live:
      guard lane.head == nil, let reader = lane.reader, !readAgainWhatWasLost(lane) else { return }
      switch reader.take(lane.client) {
      case .nothing: if let reason = reader.unreadable { tellUnreadable(lane, reason) }
      case .batch(let batch, let index, let lost):
        if lost > 0 {
          hub.counts.drop(lost)
          tell(.gap(lines: lost, lane.origin))
        }
        if index > 0 { lane.begin(at: batch.mark(at: index)) }
        lane.add(batch, from: index)
      case .over(.ended(let code, _)):
        tell(.ended(lane.origin, code: code))
        end(lane)
        if lane.startsAgain { restart(lane) }
      case .over(.failed(let reason)):
        tell(.unreadable(lane.origin, reason: reason))
        end(lane)
      }
    case .arrived, .ended: return
    }
  }

  /// From the ring where that holds what is wanted; else from the engine.
  private func begin(_ lane: LogLane, _ reader: ContainerReader) {
    let wanted: ContainerReader.Begin? =
      switch lane.begin {
      case .after(let mark): .after(mark)
      case .selection(let tail?, nil): .last(lines: tail)
      case .selection(nil, let since): .after(since?.logNanoseconds.map { LogMark(before: $0) } ?? .start)
      case .selection: nil
      }
    guard let wanted, let served = reader.serve(wanted, limitBytes: HistoryFeed.queueLimitBytes) else {
      return readHistory(lane.begin, for: lane)
    }
    if lane.mark.isUnknown { lane.begin(at: served.begin) }
    for slice in served.slices { lane.add(slice.batch, from: slice.from) }
    lane.phase = .arrived(served.end)
  }

  /// Takes a live container back to its history where its ring has dropped lines while others were read for the first time: that is
  /// no fault of the client, and the engine still has them.
  @discardableResult
  private func readAgainWhatWasLost(_ lane: LogLane) -> Bool {
    guard isInitial, lane.isLive, let reader = lane.reader, reader.hasLost(lane.client), reader.unreadable == nil,
      lane.rounds < Self.lossRounds, !lane.markBehindAll.isUnknown
    else { return false }
    reader.part(lane.client)
    lane.rounds += 1
    readHistory(.after(lane.markBehindAll), for: lane)
    return true
  }

  func readHistory(_ begin: HistoryFeed.Begin, for lane: LogLane) {
    let feed = HistoryFeed(signal, clock: clock)
    lane.phase = .history(feed)
    let (origin, end, isLive, hub, limit) = (lane.origin, until.until, follows, hub, linkLimit)
    // WHY: it must go on between two calls of `next`; `leave` ends it.
    lane.task = Task {
      do {
        let source = try await hub.source(of: origin)
        let patience = limit.map { LinkPatience(source.logs.engine, limit: $0, waitsForLocal: true) } ?? source.patience
        await feed.run(origin, begin, until: end, isLive: isLive, source.logs, patience)
      } catch {
        feed.fail("\(error)")
      }
    }
  }

  private func tellUnreadable(_ lane: LogLane, _ reason: String) {
    guard !lane.wasToldUnreadable else { return }
    lane.wasToldUnreadable = true
    tell(.unreadable(lane.origin, reason: reason))
  }

  private func end(_ lane: LogLane) {
    lane.leave()
    lane.phase = .ended
  }
}
