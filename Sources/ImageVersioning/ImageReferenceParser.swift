/// Reads an image reference byte by byte, once, in linear time.
///
/// ```
/// reference  = [domain "/"] path [":" tag] ["@" digest]
/// domain     = (label *("." label) / "[" IPv6 "]") [":" port]
/// path       = component *("/" component)
/// component  = 1*(a-z 0-9) *(("." / "_" / "__" / 1*"-") 1*(a-z 0-9))
/// ```
struct ImageReferenceParser {
  static let hub = "docker.io"
  static let officialPrefix = "library/"
  /// Of the Distribution reference grammar.
  private static let nameLimit = 255
  private static let tagLimit = 128
  private static let shortestDigest = 32
  private static let imageIDLength = 64

  private let bytes: [UInt8]

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  func parse() throws(ImageReferenceError) -> (host: String, repository: String, tag: String?, digest: String?) {
    guard !bytes.isEmpty else { throw failure(.empty, 0) }
    if Self.isImageID(bytes) { throw failure(.imageID, 0) }
    let nameStart = try hostEnd().map { $0 + 1 } ?? 0
    let digestMark = bytes[nameStart...].firstIndex(of: UInt8(ascii: "@"))
    let nameAndTagEnd = digestMark ?? bytes.endIndex
    let tagMark = tagMark(in: nameStart..<nameAndTagEnd)
    let pathRange = nameStart..<(tagMark ?? nameAndTagEnd)
    try checkPath(pathRange)
    if let tagMark { try checkTag((tagMark + 1)..<nameAndTagEnd) }
    if let digestMark { try checkDigest(from: digestMark + 1) }
    return try parts(host: 0..<max(0, nameStart - 1), path: pathRange, tag: tagMark, end: nameAndTagEnd, digest: digestMark)
  }

  /// Docker's rule of what is a host before the first slash (`splitDockerDomain`).
  static func looksLikeHost(_ part: some Collection<UInt8>) -> Bool {
    part.elementsEqual("localhost".utf8)
      || part.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || isUpper($0) }
  }

  static func isImageID(_ bytes: [UInt8]) -> Bool {
    bytes.count == imageIDLength && bytes.allSatisfy(isLowerHex)
  }

  func checkTag(_ range: Range<Int>) throws(ImageReferenceError) {
    guard !range.isEmpty else { throw failure(.tag, range.lowerBound) }
    for index in range {
      let isAllowed =
        Self.isAlphanumeric(bytes[index]) || bytes[index] == UInt8(ascii: "_")
        || (index > range.lowerBound && (bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: "-")))
      guard isAllowed else { throw failure(.tag, index) }
    }
    guard range.count <= Self.tagLimit else {
      throw failure(.tagTooLong(limit: Self.tagLimit), range.lowerBound + Self.tagLimit)
    }
  }

  func checkDigest(from start: Int) throws(ImageReferenceError) {
    guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) else { throw failure(.digest, bytes.count) }
    try checkAlgorithm(start..<colon)
    let digits = (colon + 1)..<bytes.count
    for index in digits where !Self.isHex(bytes[index]) { throw failure(.digest, index) }
    let algorithm = text(start..<colon)
    let expected = ["sha256": 64, "sha384": 96, "sha512": 128][algorithm]
    if let expected {
      let firstUpper = digits.first { Self.isUpper(bytes[$0]) }
      guard digits.count == expected, firstUpper == nil else {
        throw failure(
          .digestLength(algorithm: algorithm, expected: expected),
          firstUpper ?? min(bytes.count, digits.lowerBound + expected))
      }
    }
    guard digits.count >= Self.shortestDigest else { throw failure(.digest, bytes.count) }
  }

  private func parts(
    host: Range<Int>, path: Range<Int>, tag tagMark: Int?, end: Int, digest digestMark: Int?
  ) throws(ImageReferenceError) -> (host: String, repository: String, tag: String?, digest: String?) {
    let written = host.isEmpty ? Self.hub : text(host)
    let registry = written == "index.docker.io" ? Self.hub : written
    var repository = text(path)
    if registry == Self.hub, !bytes[path].contains(UInt8(ascii: "/")) { repository = Self.officialPrefix + repository }
    guard registry.utf8.count + 1 + repository.utf8.count <= Self.nameLimit else {
      throw failure(.nameTooLong(limit: Self.nameLimit), min(path.upperBound, Self.nameLimit))
    }
    let digest = digestMark.map { text(($0 + 1)..<bytes.count) }
    let tag = tagMark.map { text(($0 + 1)..<end) } ?? (digest == nil ? "latest" : nil)
    return (registry, repository, tag, digest)
  }

  /// Where the host ends, checked; nil when the reference begins with its path.
  private func hostEnd() throws(ImageReferenceError) -> Int? {
    guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")), Self.looksLikeHost(bytes[..<slash]) else { return nil }
    var end = slash
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes[..<slash].firstIndex(of: UInt8(ascii: "]")), close > 1 else { throw failure(.host, 0) }
      for index in 1..<close where !Self.isHex(bytes[index]) && bytes[index] != UInt8(ascii: ":") {
        throw failure(.host, index)
      }
      end = close + 1
      guard end == slash || bytes[end] == UInt8(ascii: ":") else { throw failure(.host, end) }
    } else {
      end = bytes[..<slash].firstIndex(of: UInt8(ascii: ":")) ?? slash
      try checkLabels(0..<end)
    }
    if end < slash { try checkPort((end + 1)..<slash) }
    return slash
  }

  private func checkLabels(_ range: Range<Int>) throws(ImageReferenceError) {
    var start = range.lowerBound
    while true {
      let end = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: ".")) ?? range.upperBound
      guard start < end else { throw failure(.host, start) }
      for index in start..<end {
        let isInner = index > start && index < end - 1
        guard Self.isAlphanumeric(bytes[index]) || (isInner && bytes[index] == UInt8(ascii: "-")) else {
          throw failure(.host, index)
        }
      }
      if end == range.upperBound { return }
      start = end + 1
    }
  }

  private func checkPort(_ range: Range<Int>) throws(ImageReferenceError) {
    guard !range.isEmpty else { throw failure(.port, range.lowerBound) }
    for index in range where !Self.isDigit(bytes[index]) { throw failure(.port, index) }
    guard let port = Int(text(range)), (1...65_535).contains(port) else { throw failure(.port, range.lowerBound) }
  }

  /// The colon before the tag: one after the last slash.
  private func tagMark(in range: Range<Int>) -> Int? {
    let lastSlash = bytes[range].lastIndex(of: UInt8(ascii: "/")) ?? range.lowerBound
    return bytes[lastSlash..<range.upperBound].firstIndex(of: UInt8(ascii: ":"))
  }

  private func checkPath(_ range: Range<Int>) throws(ImageReferenceError) {
    var start = range.lowerBound
    while true {
      let end = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: "/")) ?? range.upperBound
      try checkComponent(start..<end)
      if end == range.upperBound { return }
      start = end + 1
    }
  }

  private func checkComponent(_ range: Range<Int>) throws(ImageReferenceError) {
    guard !range.isEmpty else { throw failure(.repository, range.lowerBound) }
    var separator = range.lowerBound
    for index in range {
      if Self.isUpper(bytes[index]) { throw failure(.upperCaseRepository, index) }
      if Self.isLowerAlphanumeric(bytes[index]) {
        guard isSeparator(separator..<index, isFirst: separator == range.lowerBound) else {
          throw failure(.repository, separator)
        }
        separator = index + 1
      } else if ![UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(bytes[index]) {
        throw failure(.repository, index)
      }
    }
    guard separator == range.upperBound else { throw failure(.repository, separator) }
  }

  /// Whether what stands between two letters may stand there; nothing always may, something never at the front.
  private func isSeparator(_ range: Range<Int>, isFirst: Bool) -> Bool {
    guard !range.isEmpty else { return true }
    guard !isFirst else { return false }
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "."): return range.count == 1
    case UInt8(ascii: "_"): return range.count <= 2 && bytes[range].allSatisfy { $0 == UInt8(ascii: "_") }
    default: return bytes[range].allSatisfy { $0 == UInt8(ascii: "-") }
    }
  }

  /// Letters and digits in parts that begin with a letter, joined by one of `+._-`.
  private func checkAlgorithm(_ range: Range<Int>) throws(ImageReferenceError) {
    var isStart = true
    for index in range {
      if isStart {
        guard Self.isAlphanumeric(bytes[index]), !Self.isDigit(bytes[index]) else { throw failure(.digest, index) }
        isStart = false
      } else if [UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(bytes[index]) {
        isStart = true
      } else if !Self.isAlphanumeric(bytes[index]) {
        throw failure(.digest, index)
      }
    }
    if isStart { throw failure(.digest, range.upperBound) }
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private func failure(_ reason: ImageReferenceError.Reason, _ index: Int) -> ImageReferenceError {
    ImageReferenceError(reason: reason, index: index)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
  private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerAlphanumeric(byte) || isUpper(byte) }
  private static func isLowerHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
  private static func isHex(_ byte: UInt8) -> Bool {
    isLowerHex(byte) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
  }
}
