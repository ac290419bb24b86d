/// Follows the requests on a connection without changing a byte of them: where each begins, and where it ends.
///
/// Knows bodies with a length and chunked ones. After a request that asks for another protocol all bytes are passed on.
struct HTTPRequestScanner {
  struct Head: Hashable, Sendable {
    var method: String
    var target: String
    var isUpgrade: Bool
  }

  enum Event: Hashable {
    /// The whole head, with its blank line.
    case head(Head, [UInt8])
    case body([UInt8])
    case end
    /// Bytes after an upgrade.
    case raw([UInt8])
  }

  enum Failure: Error { case malformed }

  private enum Phase {
    case head
    case body(left: Int)
    case chunkSize
    case chunk(left: Int)
    case trailer
    case raw
  }

  private static let maximumHeadBytes = 64 << 10
  private var phase = Phase.head
  private var line: [UInt8] = []
  private var upgrades = false

  /// What the next bytes mean.
  mutating func take(_ bytes: [UInt8]) throws(Failure) -> [Event] {
    var events: [Event] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      switch phase {
      case .raw:
        events.append(.raw(Array(rest)))
        rest = []
      case .head:
        line.append(rest.removeFirst())
        guard line.count <= Self.maximumHeadBytes else { throw .malformed }
        if line.suffix(4) == [13, 10, 13, 10] { try finishHead(&events) }
      case .body(let left):
        let taken = rest.prefix(left)
        events.append(.body(Array(taken)))
        rest = rest.dropFirst(taken.count)
        phase = .body(left: left - taken.count)
        if left == taken.count { finishRequest(&events) }
      case .chunkSize:
        line.append(rest.removeFirst())
        guard line.count <= 1024 else { throw .malformed }
        if line.last == 10 { try finishChunkSize(&events) }
      case .chunk(let left):
        let taken = rest.prefix(left)
        events.append(.body(Array(taken)))
        rest = rest.dropFirst(taken.count)
        phase = left == taken.count ? .chunkSize : .chunk(left: left - taken.count)
      case .trailer:
        line.append(rest.removeFirst())
        guard line.count <= Self.maximumHeadBytes else { throw .malformed }
        guard line.last == 10 else { continue }
        let isBlank = line == [13, 10]
        events.append(.body(line))
        line = []
        if isBlank { finishRequest(&events) }
      }
    }
    return events
  }

  private mutating func finishRequest(_ events: inout [Event]) {
    events.append(.end)
    // What comes after an upgrading request is no HTTP.
    phase = upgrades ? .raw : .head
  }

  private mutating func finishHead(_ events: inout [Event]) throws(Failure) {
    let lines = String(decoding: line, as: UTF8.self).split(separator: "\r\n")
    let request = lines.first?.split(separator: " ") ?? []
    guard request.count == 3 else { throw .malformed }
    var length = 0
    var isChunked = false
    var isUpgrade = false
    for header in lines.dropFirst() {
      let parts = header.split(separator: ":", maxSplits: 1).map { $0.trimmed }
      guard parts.count == 2 else { continue }
      switch parts[0].lowercased() {
      case "content-length": length = Int(parts[1]) ?? 0
      case "transfer-encoding": isChunked = parts[1].lowercased() == "chunked"
      case "upgrade": isUpgrade = true
      default: break
      }
    }
    events.append(.head(Head(method: String(request[0]), target: String(request[1]), isUpgrade: isUpgrade), line))
    line = []
    upgrades = isUpgrade
    if isChunked {
      phase = .chunkSize
    } else if length > 0 {
      phase = .body(left: length)
    } else {
      finishRequest(&events)
    }
  }

  private mutating func finishChunkSize(_ events: inout [Event]) throws(Failure) {
    let digits = line.prefix { $0 != 59 && $0 != 13 && $0 != 10 }
    guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else { throw .malformed }
    events.append(.body(line))
    line = []
    // The two bytes after a chunk belong to it.
    phase = size == 0 ? .trailer : .chunk(left: size + 2)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
