/// Packet types of version 3 (draft-ietf-secsh-filexfer-02, section 3).
enum SFTPType {
  static let initialize: UInt8 = 1
  static let version: UInt8 = 2
  static let open: UInt8 = 3
  static let close: UInt8 = 4
  static let read: UInt8 = 5
  static let write: UInt8 = 6
  static let lstat: UInt8 = 7
  static let fstat: UInt8 = 8
  static let setstat: UInt8 = 9
  static let fsetstat: UInt8 = 10
  static let opendir: UInt8 = 11
  static let readdir: UInt8 = 12
  static let remove: UInt8 = 13
  static let mkdir: UInt8 = 14
  static let rmdir: UInt8 = 15
  static let realpath: UInt8 = 16
  static let stat: UInt8 = 17
  static let rename: UInt8 = 18
  static let readlink: UInt8 = 19
  static let symlink: UInt8 = 20
  static let status: UInt8 = 101
  static let handle: UInt8 = 102
  static let data: UInt8 = 103
  static let name: UInt8 = 104
  static let attributes: UInt8 = 105
  static let extended: UInt8 = 200
  static let extendedReply: UInt8 = 201
}

/// Status codes (section 7).
enum SFTPStatus {
  static let ok: UInt32 = 0
  static let endOfFile: UInt32 = 1
  static let missing: UInt32 = 2
  static let denied: UInt32 = 3
  static let unsupported: UInt32 = 8
}

/// What is known of a file on a server (section 5).
package struct SFTPAttributes: Hashable, Sendable {
  package enum Kind: Sendable { case file, folder, link, other }

  package var sizeBytes: UInt64?
  /// With the bits of the kind, as in `st_mode`.
  package var mode: UInt32?
  /// Seconds since 1970.
  package var modifiedSeconds: UInt32?

  package init(sizeBytes: UInt64? = nil, mode: UInt32? = nil, modifiedSeconds: UInt32? = nil) {
    self.sizeBytes = sizeBytes
    self.mode = mode
    self.modifiedSeconds = modifiedSeconds
  }

  package var kind: Kind {
    switch (mode ?? 0) & 0o170000 {
    case 0o100000: .file
    case 0o040000: .folder
    case 0o120000: .link
    default: .other
    }
  }

  var bytes: [UInt8] {
    var writer = SFTPWriter()
    let flags: UInt32 = (sizeBytes == nil ? 0 : 1) | (mode == nil ? 0 : 4) | (modifiedSeconds == nil ? 0 : 8)
    writer.add(flags)
    if let sizeBytes { writer.add(sizeBytes) }
    if let mode { writer.add(mode & 0o7777) }
    if let modifiedSeconds {
      writer.add(modifiedSeconds)
      writer.add(modifiedSeconds)
    }
    return writer.bytes
  }

  init(from reader: inout SFTPReader) throws(SFTPReader.Malformed) {
    let flags = try reader.word()
    if flags & 1 != 0 { sizeBytes = try reader.long() }
    if flags & 2 != 0 {
      _ = try reader.word()
      _ = try reader.word()
    }
    if flags & 4 != 0 { mode = try reader.word() }
    if flags & 8 != 0 {
      _ = try reader.word()
      modifiedSeconds = try reader.word()
    }
    guard flags & 0x8000_0000 != 0 else { return }
    let count = try reader.word()
    guard count <= 64 else { throw SFTPReader.Malformed(reason: "\(count) attributes of its own") }
    for _ in 0..<count {
      _ = try reader.string()
      _ = try reader.string()
    }
  }
}

/// Builds the body of a packet.
struct SFTPWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ byte: UInt8) { bytes.append(byte) }
  mutating func add(_ word: UInt32) { for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) } }
  mutating func add(_ long: UInt64) {
    add(UInt32(truncatingIfNeeded: long >> 32))
    add(UInt32(truncatingIfNeeded: long))
  }
  mutating func add(_ text: String) { add(string: Array(text.utf8)[...]) }
  mutating func add(string: ArraySlice<UInt8>) {
    add(UInt32(truncatingIfNeeded: string.count))
    bytes += string
  }
  mutating func add(_ attributes: SFTPAttributes) { bytes += attributes.bytes }
}

/// Takes the body of a packet apart; never reads past its end.
struct SFTPReader {
  struct Malformed: Error { var reason: String }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() throws(Malformed) -> UInt8 {
    guard let byte = rest.popFirst() else { throw Malformed(reason: "a packet that is too short") }
    return byte
  }

  mutating func word() throws(Malformed) -> UInt32 {
    guard rest.count >= 4 else { throw Malformed(reason: "a packet that is too short") }
    defer { rest = rest.dropFirst(4) }
    return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func long() throws(Malformed) -> UInt64 {
    let high = try word()
    return UInt64(high) << 32 | UInt64(try word())
  }

  mutating func string() throws(Malformed) -> ArraySlice<UInt8> {
    let count = Int(try word())
    guard count <= rest.count else { throw Malformed(reason: "a text that ends after its packet") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// A text that is shown to people: cut, and without control characters.
  mutating func words() throws(Malformed) -> String {
    let text = String(decoding: try string().prefix(256), as: UTF8.self)
    return String(text.unicodeScalars.map { $0.value < 32 || (127...159).contains($0.value) ? " " : Character($0) })
  }
}
