/// The bounds of a session.
enum SessionLimits {
  /// A server that was silent for so long is asked whether it is there (R-ENG-1).
  static let keepalivePeriod = Duration.seconds(15)
  /// A server that does not answer such questions for so long is gone: 15 s of silence and this are under 60 s.
  static let answerLimit = Duration.seconds(38)
  /// For data on its way (TCP_USER_TIMEOUT).
  static let silenceLimit = Duration.seconds(50)
  /// Bytes of error output that are kept of a program on the server.
  static let errorTextBytes = 16 << 10
  /// Bytes taken from a local end at once.
  static let chunkBytes = 32 << 10
  /// Rounds of reading from the server before the local ends get their turn.
  static let readRounds = 64
  /// A local end that has gone waits so long for the server to take its last bytes.
  static let lingerLimit = Duration.seconds(30)
  /// AES-GCM first: processors do it in hardware.
  static let ciphers = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-ctr"
}
