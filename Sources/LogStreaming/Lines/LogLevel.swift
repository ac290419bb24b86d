/// How grave a line says it is.
package enum LogLevel: UInt8, Hashable, Sendable, CaseIterable {
  case none, trace, debug, info, warn, error

  /// As it stands in JSON.
  package var name: String {
    switch self {
    case .none: "none"
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .warn: "warn"
    case .error: "error"
    }
  }

  package init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  /// The level that a word stands for, whatever its case; nil for other words.
  ///
  /// Words of log4j, logrus, zap, slog, Python, syslog (RFC 5424 §6.2.1), PostgreSQL and Java's `java.util.logging`.
  init?(word: PackedWord) {
    switch word {
    case .trace, .trc, .finest, .finer: self = .trace
    case .debug, .dbg, .verbose, .fine: self = .debug
    case .info, .inf, .information, .notice, .log: self = .info
    case .warn, .warning, .wrn: self = .warn
    case .error, .err, .fatal, .ftl, .critical, .crit, .panic, .alert, .emerg, .emergency, .severe: self = .error
    default: return nil
    }
  }

  /// Of pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.
  init?(number: Int) {
    switch number {
    case 10..<20: self = .trace
    case 20..<30: self = .debug
    case 30..<40: self = .info
    case 40..<50: self = .warn
    case 50...60: self = .error
    default: return nil
    }
  }

  /// Of syslog, as in `<3>` (RFC 5424 §6.2.1): the lowest three bits are the severity.
  init(syslogPriority: Int) {
    switch syslogPriority & 7 {
    case 0...3: self = .error
    case 4: self = .warn
    case 5, 6: self = .info
    default: self = .debug
    }
  }
}

/// A word of letters as one number: its first eight in lower case, and its length.
struct PackedWord: Hashable {
  private var letters: UInt64 = 0
  private(set) var count = 0
  private(set) var isUpperCase = true

  init() {}

  init(_ text: StaticString) {
    // SAFETY: the bytes of a literal live for ever.
    text.withUTF8Buffer { for byte in unsafe Array($0) { append(byte) } }
  }

  init(_ bytes: Span<UInt8>) { for index in bytes.indices { append(bytes[index]) } }

  /// Takes the next letter.
  mutating func append(_ letter: UInt8) {
    if letter & 0x20 != 0 { isUpperCase = false }
    if count < 8 { letters = letters << 8 | UInt64(letter | 0x20) }
    count += 1
  }

  static func == (left: Self, right: Self) -> Bool { left.letters == right.letters && left.count == right.count }
  static func ~= (pattern: Self, word: Self) -> Bool { pattern == word }

  func hash(into hasher: inout Hasher) {
    hasher.combine(letters)
    hasher.combine(count)
  }

  static let (trace, trc, finest, finer) = (PackedWord("trace"), PackedWord("trc"), PackedWord("finest"), PackedWord("finer"))
  static let (debug, dbg, verbose, fine) = (PackedWord("debug"), PackedWord("dbg"), PackedWord("verbose"), PackedWord("fine"))
  static let (info, inf, information) = (PackedWord("info"), PackedWord("inf"), PackedWord("information"))
  static let (notice, log) = (PackedWord("notice"), PackedWord("log"))
  static let (warn, warning, wrn) = (PackedWord("warn"), PackedWord("warning"), PackedWord("wrn"))
  static let (error, err, fatal, ftl) = (PackedWord("error"), PackedWord("err"), PackedWord("fatal"), PackedWord("ftl"))
  static let (critical, crit, panic) = (PackedWord("critical"), PackedWord("crit"), PackedWord("panic"))
  static let (alert, emerg, emergency) = (PackedWord("alert"), PackedWord("emerg"), PackedWord("emergency"))
  static let (severe, exception) = (PackedWord("severe"), PackedWord("exception"))
  static let (level, lvl, severity) = (PackedWord("level"), PackedWord("lvl"), PackedWord("severity"))
  static let (levelname, loglevel) = (PackedWord("levelname"), PackedWord("loglevel"))
}
