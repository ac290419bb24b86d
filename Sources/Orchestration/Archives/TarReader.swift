/// Reads a plain tar archive (ustar, pax, and GNU's long names) piece by piece, over any cuts of its bytes.
///
/// Holds no more than what it was given last and one extended head.
struct TarReader {
  enum Event: Hashable {
    case entry(TarEntry)
    /// A piece of the content of the last entry.
    case content([UInt8])
    /// Of the last entry's content.
    case entryEnd
  }

  /// Bytes of the largest extended head.
  static let extensionLimit = 1 << 20
  static let entryLimit = 5_000_000

  private var pending: [UInt8] = []
  private var start = 0
  private var restOfContent = 0
  private var restOfPadding = 0
  private var isWithinEntry = false
  private var hasEnded = false
  private var count = 0
  /// What extended heads said of the next member.
  private var overrides: [String: String] = [:]

  /// Bytes that are held.
  var pendingBytes: Int { pending.count }

  /// Whether there was something of an archive.
  var hasMembers: Bool { count > 0 }

  /// Whether the archive may end here.
  var isComplete: Bool {
    hasEnded || count > 0 && !isWithinEntry && restOfPadding == 0 && start == pending.count && overrides.isEmpty
  }

  mutating func take(_ bytes: [UInt8]) {
    // What follows the end is nothing of the archive.
    guard !hasEnded else { return }
    if start == pending.count {
      pending = bytes
    } else {
      pending.removeFirst(start)
      pending += bytes
    }
    start = 0
  }

  /// The next event; nil when more bytes are needed, and after the end.
  mutating func next() throws(TarProblem) -> Event? {
    while !hasEnded {
      if isWithinEntry {
        guard restOfContent > 0 else {
          isWithinEntry = false
          return .entryEnd
        }
        let piece = min(restOfContent, pending.count - start)
        guard piece > 0 else { return nil }
        defer {
          start += piece
          restOfContent -= piece
        }
        return .content(Array(pending[start..<start + piece]))
      }
      if restOfPadding > 0 {
        let piece = min(restOfPadding, pending.count - start)
        guard piece > 0 else { return nil }
        start += piece
        restOfPadding -= piece
        continue
      }
      switch try head() {
      case .entry(let entry): return .entry(entry)
      case .other: continue
      case .incomplete: return nil
      }
    }
    return nil
  }

  private enum Head {
    case entry(TarEntry)
    /// An extended head, or the end.
    case other
    /// More bytes are needed, and none were used.
    case incomplete
  }

  private mutating func head() throws(TarProblem) -> Head {
    guard pending.count - start >= TarHeader.blockBytes else { return .incomplete }
    let block = pending[start..<start + TarHeader.blockBytes]
    if block.allSatisfy({ $0 == 0 }) {
      hasEnded = true
      return .other
    }
    let fields = try HeadFields(Array(block))
    switch fields.flag {
    case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
      guard fields.bytes <= Self.extensionLimit else {
        throw TarProblem("the archive has an extended head of \(fields.bytes) bytes, more than \(Self.extensionLimit)")
      }
      let padded = (fields.bytes + TarHeader.blockBytes - 1) / TarHeader.blockBytes * TarHeader.blockBytes
      guard pending.count - start >= TarHeader.blockBytes + padded else { return .incomplete }
      let content = start + TarHeader.blockBytes
      try extend(fields.flag, Array(pending[content..<content + fields.bytes]))
      start = content + padded
      return .other
    default:
      start += TarHeader.blockBytes
      count += 1
      guard count <= Self.entryLimit else { throw TarProblem("the archive has more than \(Self.entryLimit) members") }
      let entry = try entry(fields)
      overrides = [:]
      isWithinEntry = true
      restOfContent = entry.bytes
      restOfPadding = (TarHeader.blockBytes - entry.bytes % TarHeader.blockBytes) % TarHeader.blockBytes
      return .entry(entry)
    }
  }

  private mutating func extend(_ flag: UInt8, _ content: [UInt8]) throws(TarProblem) {
    switch flag {
    case UInt8(ascii: "x"): overrides.merge(try Self.records(content)) { $1 }
    case UInt8(ascii: "L"): overrides["path"] = try Self.text(content.prefix { $0 != 0 })
    case UInt8(ascii: "K"): overrides["linkpath"] = try Self.text(content.prefix { $0 != 0 })
    // Of the whole archive: comments, times; nothing that is used here.
    default: break
    }
  }

  private func entry(_ fields: HeadFields) throws(TarProblem) -> TarEntry {
    let path = overrides["path"] ?? fields.path
    let link = overrides["linkpath"] ?? fields.link
    var entry = TarEntry(path: path, kind: .file, mode: fields.mode)
    switch fields.flag {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): entry.kind = path.hasSuffix("/") ? .directory : .file
    case UInt8(ascii: "1"): entry.kind = .hardLink(to: link)
    case UInt8(ascii: "2"): entry.kind = .symbolicLink(to: link)
    case UInt8(ascii: "5"): entry.kind = .directory
    default: entry.kind = .other(fields.flag)
    }
    if case .file = entry.kind { entry.bytes = try bytes(of: path, fields) }
    entry.uid = overrides["uid"].flatMap { Int($0) } ?? fields.uid
    entry.gid = overrides["gid"].flatMap { Int($0) } ?? fields.gid
    entry.modifiedAtSeconds = overrides["mtime"].flatMap { Int($0.prefix { $0 != "." }) } ?? fields.modifiedAtSeconds
    return entry
  }

  private func bytes(of path: String, _ fields: HeadFields) throws(TarProblem) -> Int {
    guard let text = overrides["size"] else { return fields.bytes }
    guard let bytes = Int(text), bytes >= 0 else { throw TarProblem("the archive gives the size of \(path) as \(text)") }
    return bytes
  }

  /// `LENGTH KEY=VALUE` lines (pax).
  private static func records(_ content: [UInt8]) throws(TarProblem) -> [String: String] {
    var result: [String: String] = [:]
    var rest = content[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard digits.count < 10, let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
        length <= rest.count
      else { throw TarProblem("the archive has a broken extended head") }
      let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let key = String(decoding: record[..<equals], as: UTF8.self)
      // Others (owners' names, attributes) are not used, and need not be text.
      guard ["path", "linkpath", "size", "mtime", "uid", "gid"].contains(key) else { continue }
      result[key] = try text(record[record.index(after: equals)...])
    }
    return result
  }

  static func text(_ bytes: some Sequence<UInt8>) throws(TarProblem) -> String {
    guard let text = String(validating: Array(bytes), as: UTF8.self) else {
      throw TarProblem("the archive has a name that is not UTF-8: \(String(decoding: Array(bytes), as: UTF8.self))")
    }
    return text
  }
}

/// The fields of one block (POSIX.1-1988, ustar).
private struct HeadFields {
  var path: String
  var link: String
  var flag: UInt8
  var mode: UInt32
  var uid: Int
  var gid: Int
  var bytes: Int
  var modifiedAtSeconds: Int

  init(_ block: [UInt8]) throws(TarProblem) {
    func text(_ offset: Int, _ width: Int) throws(TarProblem) -> String {
      try TarReader.text(block[offset..<offset + width].prefix { $0 != 0 })
    }
    let sum = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    guard try Self.number(block[148..<156]) == sum else {
      throw .notPlain
    }
    flag = block[156]
    let name = try text(0, 100)
    let isPOSIX = block[257..<263].elementsEqual(Array("ustar".utf8) + [0])
    let prefix = isPOSIX ? try text(345, 155) : ""
    path = prefix.isEmpty ? name : "\(prefix)/\(name)"
    link = try text(157, 100)
    mode = UInt32(try Self.number(block[100..<108]) & 0o7777)
    uid = try Self.number(block[108..<116])
    gid = try Self.number(block[116..<124])
    bytes = try Self.number(block[124..<136])
    modifiedAtSeconds = try Self.number(block[136..<148])
  }

  /// Octal digits, or with the highest bit set a number in base 256 (GNU).
  private static func number(_ field: ArraySlice<UInt8>) throws(TarProblem) -> Int {
    let first = field.first ?? 0
    if first & 0x80 != 0 {
      // Negative ones are times before 1970.
      guard first == 0x80 else { return 0 }
      var value = 0
      for byte in field.dropFirst() {
        guard value < 1 << 54 else { throw TarProblem("the archive has a number beyond 64 bits") }
        value = value << 8 | Int(byte)
      }
      return value
    }
    var value = 0
    for byte in field.drop(while: { $0 == 32 || $0 == 0 }) {
      if byte == 32 || byte == 0 { break }
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { throw TarProblem("the archive has a broken head") }
      value = value << 3 | Int(byte & 7)
    }
    return value
  }
}
