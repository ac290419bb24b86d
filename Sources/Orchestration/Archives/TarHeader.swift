/// The head of one member of a tar archive: ustar (POSIX.1-1988), with a pax record (POSIX.1-2001) where a value does not fit it.
///
/// The member's content follows, filled up with `padding`; two empty blocks (`end`) end an archive.
struct TarHeader: Hashable {
  enum Kind: Hashable {
    case file(bytes: Int)
    case directory
    case symbolicLink(to: String)
  }

  static let blockBytes = 512
  /// Two empty blocks.
  static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

  /// Relative to where the archive is unpacked, without a leading slash.
  var path: String
  var kind: Kind
  /// Permission bits.
  var mode: UInt32
  var uid = 0
  var gid = 0
  /// Since 1970.
  var modifiedAtSeconds = 0

  /// What fills content of this many bytes up to whole blocks.
  static func padding(after bytes: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (blockBytes - bytes % blockBytes) % blockBytes)
  }

  var bytes: [UInt8] {
    var records: [UInt8] = []
    let name = kind == .directory && !path.hasSuffix("/") ? path + "/" : path
    var split = Self.split(name)
    if split == nil {
      records += Self.record("path", name)
      split = ("", String(decoding: name.utf8.prefix(100), as: UTF8.self))
    }
    var link = ""
    if case .symbolicLink(let target) = kind {
      link = target
      if target.utf8.count > 100 { records += Self.record("linkpath", target) }
    }
    var size = 0
    if case .file(let bytes) = kind { size = bytes }
    if Self.octal(size, width: 12) == nil { records += Self.record("size", "\(size)") }
    if Self.octal(uid, width: 8) == nil { records += Self.record("uid", "\(uid)") }
    if Self.octal(gid, width: 8) == nil { records += Self.record("gid", "\(gid)") }
    let head = block(prefix: split?.prefix ?? "", name: split?.name ?? "", link: link, size: size)
    guard !records.isEmpty else { return head }
    let extended = TarHeader(path: "PaxHeaders/member", kind: .file(bytes: records.count), mode: 0o644)
    return extended.block(prefix: "", name: extended.path, link: "", size: records.count, flag: UInt8(ascii: "x")) + records
      + Self.padding(after: records.count) + head
  }

  private func block(prefix: String, name: String, link: String, size: Int, flag: UInt8? = nil) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    func put(_ text: String, at offset: Int, width: Int) {
      for (index, byte) in text.utf8.prefix(width).enumerated() { block[offset + index] = byte }
    }
    func put(_ value: Int, at offset: Int, width: Int) {
      put(Self.octal(value, width: width) ?? String(repeating: "0", count: width - 1), at: offset, width: width)
    }
    put(name, at: 0, width: 100)
    put(Int(mode & 0o7777), at: 100, width: 8)
    put(uid, at: 108, width: 8)
    put(gid, at: 116, width: 8)
    put(size, at: 124, width: 12)
    put(modifiedAtSeconds, at: 136, width: 12)
    put("        ", at: 148, width: 8)
    switch kind {
    case .file: block[156] = flag ?? UInt8(ascii: "0")
    case .symbolicLink: block[156] = UInt8(ascii: "2")
    case .directory: block[156] = UInt8(ascii: "5")
    }
    put(link, at: 157, width: 100)
    put("ustar", at: 257, width: 5)
    put("00", at: 263, width: 2)
    put(prefix, at: 345, width: 155)
    put(block.reduce(0) { $0 + Int($1) }, at: 148, width: 7)
    block[154] = 0
    return block
  }

  /// The name as ustar's two fields hold it; nil when it does not fit.
  private static func split(_ name: String) -> (prefix: String, name: String)? {
    let bytes = Array(name.utf8)
    guard bytes.count > 100 else { return ("", name) }
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") && index > 0 && index <= 155 {
      let rest = bytes.count - index - 1
      if rest > 0, rest <= 100 {
        return (String(decoding: bytes[..<index], as: UTF8.self), String(decoding: bytes[(index + 1)...], as: UTF8.self))
      }
    }
    return nil
  }

  /// Digits and a final NUL; nil when the value is negative or has too many digits.
  private static func octal(_ value: Int, width: Int) -> String? {
    guard value >= 0 else { return nil }
    let digits = String(value, radix: 8)
    return digits.utf8.count < width ? String(repeating: "0", count: width - 1 - digits.utf8.count) + digits : nil
  }

  /// `LENGTH KEY=VALUE` and a line end; the length counts itself.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n"
    var length = rest.utf8.count + 1
    while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
    return Array("\(length)\(rest)".utf8)
  }
}
