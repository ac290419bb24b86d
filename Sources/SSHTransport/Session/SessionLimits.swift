/// How long a session bears a server's silence, and other bounds.
package struct SessionLimits: Hashable, Sendable {
  /// A server that was silent for so long is asked whether it is there (R-ENG-1).
  package var keepalivePeriod = Duration.seconds(15)
  /// A server that does not answer such questions for so long is gone: 15 s of silence and this are under 60 s.
  package var answerLimit = Duration.seconds(38)
  /// For data on its way (TCP_USER_TIMEOUT).
  package var silenceLimit = Duration.seconds(50)
  /// A local end that has gone waits so long for the server to take its last bytes.
  package var lingerLimit = Duration.seconds(30)

  package init() {}

  /// Bytes of error output that are kept of a program on the server.
  static let errorTextBytes = 16 << 10
  /// Bytes taken from a local end at once.
  static let chunkBytes = 32 << 10
  /// Rounds of reading from the server before the local ends get their turn.
  static let readRounds = 64
  /// AES-GCM first: processors do it in hardware.
  static let ciphers = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-ctr"
}
