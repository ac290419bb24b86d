extension String {
  /// The text with every `byte`, one of ASCII, written twice.
  ///
  /// By bytes: to Swift a `$` beside some marks (`$` and U+0301) is another character, to Compose and YAML it is a `$`.
  func doubling(_ byte: UInt8) -> String {
    guard utf8.contains(byte) else { return self }
    return String(decoding: utf8.flatMap { $0 == byte ? [$0, $0] : [$0] }, as: UTF8.self)
  }
}
