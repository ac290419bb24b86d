/// Cuts a stream of JSON objects into single ones, whatever stands between them.
///
/// Docker ends messages with CR LF or LF, Podman not always; so the brackets are counted.
struct JSONSplitter {
  enum Failure: Error, Hashable {
    case tooLarge(limitBytes: Int)
    case malformed(reason: String)
  }

  let limitBytes: Int
  private var depth: JSONDepth
  private var current: [UInt8] = []
  private var complete: [[UInt8]] = []
  private var nextComplete = 0

  init(limitBytes: Int) {
    self.limitBytes = limitBytes
    depth = JSONDepth(limit: EngineLimits.jsonDepth)
  }

  /// Whether a message has begun and not ended.
  var isWithinMessage: Bool { !current.isEmpty }

  mutating func take(_ bytes: some Sequence<UInt8>) throws(Failure) {
    for byte in bytes {
      if current.isEmpty {
        switch byte {
        case UInt8(ascii: "{"): break
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
        default: throw .malformed(reason: "expected a JSON object in the stream")
        }
      }
      depth.take(byte)
      current.append(byte)
      guard current.count <= limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
      guard depth.depth <= depth.limit else { throw .malformed(reason: "JSON nested deeper than \(depth.limit)") }
      if depth.depth == 0 {
        complete.append(current)
        current = []
      }
    }
  }

  /// The next whole message.
  mutating func next() -> [UInt8]? {
    guard nextComplete < complete.count else {
      complete.removeAll(keepingCapacity: true)
      nextComplete = 0
      return nil
    }
    defer { nextComplete += 1 }
    return complete[nextComplete]
  }
}
