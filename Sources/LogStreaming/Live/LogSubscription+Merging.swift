import NIOCore

/// Which lines go out next, and when.
extension LogSubscription {
  enum Composed {
    case lines(LogLines)
    /// A notice is to go out first.
    case notice
    case wait(until: Duration?, urgentOnly: Bool)
    case end
  }

  func compose() throws -> Composed {
    let now = clock.now()
    if let wait = waiting(now) { return wait }
    var runs = LogRuns(limitBytes: min(Self.deliveryBytes, credit))
    var hasAdvanced = false
    while !runs.isFull, case .lane(let lane, let bound) = choose(now) {
      try take(from: lane, upTo: bound, into: &runs)
      hasAdvanced = true
      if lane.head == nil { try advance(lane) }
      if !notices.isEmpty { break }
    }
    guard !runs.isEmpty else { return hasAdvanced ? .notice : .wait(until: nil, urgentOnly: false) }
    return .lines(LogLines(json: runs.payload(form), count: runs.count, bookmark: bookmark()))
  }

  /// What is to be waited for before anything goes out.
  private func waiting(_ now: Duration) -> Composed? {
    switch choose(now) {
    case .wait(let until): return .wait(until: until, urgentOnly: false)
    case .end: return .end
    case .lane(let lane, _):
      // Live lines are gathered for a moment; the first after a pause goes out at once.
      guard follows, !isInitial, lane.isLive, now - lastDelivery < Self.gathering, pendingBytes() < Self.gatheredBytes else {
        return nil
      }
      return .wait(until: lastDelivery + Self.gathering, urgentOnly: true)
    }
  }

  private func pendingBytes() -> Int {
    var bytes = 0
    for lane in lanes {
      if let head = lane.head { bytes += head.batch.jsonBytes(head.index..<head.batch.count) }
      if lane.isLive, let reader = lane.reader { bytes += reader.pendingBytes(lane.client) }
      if bytes >= Self.gatheredBytes { break }
    }
    return bytes
  }

  private enum Choice {
    /// Its lines up to `bound` come before those of all others.
    case lane(LogLane, bound: Int64)
    case wait(until: Duration?)
    case end
  }

  private func choose(_ now: Duration) -> Choice {
    var best: LogLane?
    var bestTime = Int64.max
    var bound = Int64.max
    var late: LogLane?
    var isSilent = false
    var isOpen = false
    for lane in lanes {
      if lane.isLate, !lane.isLive {
        // It must not hold up those that are live.
        if lane.head != nil, lane.headTime ?? .max < late?.headTime ?? .max { late = lane }
        isOpen = isOpen || !lane.hasEnded
        continue
      }
      guard let time = lane.headTime else {
        switch lane.phase {
        case .opening, .history: return .wait(until: nil)
        case .live, .arrived: isSilent = true
        case .ended: break
        }
        continue
      }
      if time < bestTime || best == nil {
        if best != nil { bound = min(bound, bestTime) }
        (best, bestTime) = (lane, time)
      } else {
        bound = min(bound, time)
      }
    }
    guard let best else {
      if let late { return .lane(late, bound: .max) }
      return follows || isOpen ? .wait(until: nil) : .end
    }
    if isSilent, !isInitial, let arrival = best.head?.batch.arrival, lanes.count > 1 {
      let due = arrival + Self.window
      if now < due { return late.map { .lane($0, bound: .max) } ?? .wait(until: due) }
    }
    return .lane(best, bound: bound)
  }

  private func take(from lane: LogLane, upTo bound: Int64, into runs: inout LogRuns) throws {
    guard let slice = lane.head else { return }
    let records = slice.batch.records
    var index = slice.index
    while index < records.count, index == slice.index || records[index].time <= bound {
      if let isWanted = try matcher?.matches(slice.batch, records[index], &lane.verdicts), !isWanted {
        index += 1
        continue
      }
      guard runs.add(slice.batch, index) else { break }
      index += 1
    }
    lane.advance(to: index)
  }

  func bookmark() -> LogBookmark { LogBookmark(lanes.map { ($0.origin.key.digest, $0.mark) }) }
}
