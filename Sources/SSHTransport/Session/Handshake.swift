import CSSH
import Glibc

/// What a session is made with.
struct HandshakePlan: Sendable {
  var address: SSHAddress
  /// As errors name the host.
  var hop: String
  /// The host key algorithms that the server is asked for, the best first.
  var algorithms: String
  /// Decides on the key that the server shows, before anything else is sent.
  var judge: @Sendable (HostKey) throws(SSHError) -> Void
  var credential: SSHCredential
  /// For the whole, from the first packet to the login.
  var limit: Duration
  /// For the session after it.
  var limits: SessionLimits
  /// A connected stream; nil: connect to the address.
  var descriptor: CInt?
  /// Told what begins, on the session's thread.
  var onStage: @Sendable (SSHError.Stage) -> Void = { _ in }
}

/// Connects, looks at the host key, logs in. Runs on the session's thread; ends when it is called off.
@safe
struct Handshake: ~Copyable {
  private let plan: HandshakePlan
  private let mailbox: SessionMailbox
  private let deadline: ContinuousClock.Instant
  private let session: ssh_session
  private var descriptor: CInt = -1

  /// Gives a session that is logged in and in non-blocking mode; the caller frees it.
  static func run(_ plan: HandshakePlan, _ mailbox: SessionMailbox) throws(SSHError) -> (session: ssh_session, hostKey: HostKey) {
    do {
      try SSHLibrary.load()
    } catch {
      if let descriptor = plan.descriptor { close(descriptor) }
      throw error
    }
    guard let session = unsafe ssh_new() else {
      if let descriptor = plan.descriptor { close(descriptor) }
      throw .handshake(hop: plan.hop, reason: "no memory is left")
    }
    do {
      var handshake = unsafe Handshake(plan: plan, mailbox: mailbox, session: session)
      try handshake.connect()
      let key = try handshake.checkHostKey()
      try handshake.logIn()
      return unsafe (session, key)
    } catch {
      unsafe ssh_silent_disconnect(session)
      unsafe ssh_free(session)
      throw error
    }
  }

  private init(plan: HandshakePlan, mailbox: SessionMailbox, session: ssh_session) {
    self.plan = plan
    self.mailbox = mailbox
    unsafe self.session = session
    deadline = .now.advanced(by: plan.limit)
  }

  // MARK: Connection

  private mutating func connect() throws(SSHError) {
    let descriptor: CInt
    if let given = plan.descriptor {
      descriptor = given
    } else {
      let mailbox = mailbox
      let dialer = Dialer(
        hop: plan.hop, deadline: deadline, limit: plan.limit, wake: mailbox.wake, isCalledOff: { mailbox.isEndAsked },
        onStage: plan.onStage)
      descriptor = try dialer.connect(plan.address.host, plan.address.port)
      // What is sent and not acknowledged for so long ends the connection (tcp(7)).
      var limit = CUnsignedInt(plan.limits.silenceLimit.pollMilliseconds)
      unsafe setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, socklen_t(MemoryLayout<CUnsignedInt>.size))
    }
    self.descriptor = descriptor
    try options(descriptor)
    plan.onStage(.handshake)
    unsafe ssh_set_blocking(session, 0)
    let result = try drive(.handshake) { unsafe ssh_connect(session) }
    guard result == SSH_OK else { throw noHandshake() }
  }

  private func options(_ descriptor: CInt) throws(SSHError) {
    var isFine = true
    func set(_ option: ssh_options_e, _ text: String) {
      isFine = unsafe ssh_options_set(session, option, text) == 0 && isFine
    }
    func set(_ option: ssh_options_e, _ number: CInt) {
      var number = number
      isFine = unsafe ssh_options_set(session, option, &number) == 0 && isFine
    }
    // First: without it the library reads the user's and the system's files, with their commands.
    set(SSH_OPTIONS_PROCESS_CONFIG, 0)
    set(SSH_OPTIONS_HOST, plan.address.host)
    set(SSH_OPTIONS_PORT, CInt(plan.address.port))
    set(SSH_OPTIONS_USER, plan.address.user)
    set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null")
    set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null")
    set(SSH_OPTIONS_HOSTKEYS, plan.algorithms)
    set(SSH_OPTIONS_CIPHERS_C_S, SessionLimits.ciphers)
    set(SSH_OPTIONS_CIPHERS_S_C, SessionLimits.ciphers)
    set(SSH_OPTIONS_RSA_MIN_SIZE, 2048)
    set(SSH_OPTIONS_FD, descriptor)
    guard isFine else {
      // The library takes the descriptor with the last option; whatever came before it, it is still ours.
      close(descriptor)
      throw .handshake(hop: plan.hop, reason: libraryError())
    }
  }

  // MARK: Host key

  private func checkHostKey() throws(SSHError) -> HostKey {
    var key: ssh_key?
    guard unsafe ssh_get_server_publickey(session, &key) == SSH_OK, let found = unsafe key else { throw noHandshake() }
    defer { unsafe ssh_key_free(found) }
    guard let shown = unsafe HostKey(library: found) else {
      throw .handshake(hop: plan.hop, reason: "the host key cannot be read")
    }
    try plan.judge(shown)
    if let bits = shown.rsaBits, bits < HostKey.leastRSABits { throw .hostKeyWeak(hop: plan.hop, bits: bits) }
    return shown
  }

  // MARK: Login

  private func logIn() throws(SSHError) {
    plan.onStage(.authentication)
    switch plan.credential {
    case .key(let text, let passphrase): try logIn(key: PrivateKey(text: text, passphrase: passphrase))
    case .agent(let socket, let key): try logIn(agent: socket, key)
    case .password(let text): try logIn(password: text)
    }
  }

  private func logIn(key: borrowing PrivateKey) throws(SSHError) {
    try SSHCredential.requireStrength(of: key.publicKey())
    let handle = unsafe key.handle
    try accept(try drive(.authentication) { unsafe ssh_userauth_publickey(session, nil, handle) })
  }

  /// The library waits for the agent as long as that takes; whoever began the session calls it off when its time is over.
  private func logIn(agent socket: String, _ key: HostKey?) throws(SSHError) {
    var agent = try Self.connection(toAgent: socket)
    var filter: AgentFilter?
    if let key { (filter, agent) = try AgentFilter.start(key, agent: agent) }
    guard unsafe ssh_set_agent_socket(session, agent) == SSH_OK else {
      close(agent)
      throw .agent(reason: libraryError())
    }
    let result = try mailbox.withAgent(agent) { () throws(SSHError) -> CInt in
      try drive(.authentication) { unsafe ssh_userauth_agent(session, nil) }
    }
    if result != SSH_AUTH_SUCCESS.rawValue, ContinuousClock.now >= deadline {
      throw .agent(reason: "the agent at \(socket) did not answer within \(plan.limit)")
    }
    if let key, filter?.hasKey == false {
      throw .agent(reason: "the agent at \(socket) does not have the key \(key.fingerprint)")
    }
    try accept(result)
  }

  private static func connection(toAgent socket: String) throws(SSHError) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(socket.utf8)
    let isShort = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard bytes.count < room.count else { return false }
      unsafe room.copyBytes(from: bytes)
      return true
    }
    // Not to wait where nobody takes connections; afterwards the library waits by itself.
    let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard isShort, descriptor >= 0 else {
      if descriptor >= 0 { close(descriptor) }
      throw .agent(reason: "there is no usable socket at \(socket)")
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe Glibc.connect(descriptor, $0, size) }
    }
    guard result == 0 else {
      close(descriptor)
      throw .agent(reason: "there is no usable socket at \(socket)")
    }
    return descriptor
  }

  /// By the method `password`, or by answering a hidden question of `keyboard-interactive` (RFC 4256) with it.
  private func logIn(password: SSHSecret) throws(SSHError) {
    let first = try drive(.authentication) { unsafe ssh_userauth_none(session, nil) }
    if first == SSH_AUTH_SUCCESS.rawValue { return }
    let methods = unsafe CInt(bitPattern: UInt32(truncatingIfNeeded: ssh_userauth_list(session, nil)))
    if UInt32(bitPattern: methods) & UInt32(SSH_AUTH_METHOD_PASSWORD) != 0 {
      let result = try drive(.authentication) { unsafe ssh_userauth_password(session, nil, password.reveal()) }
      if result == SSH_AUTH_SUCCESS.rawValue { return }
    }
    guard UInt32(bitPattern: methods) & UInt32(SSH_AUTH_METHOD_INTERACTIVE) != 0 else { throw refused() }
    // A server asks a few times at most.
    for _ in 0..<8 {
      let result = try drive(.authentication) { unsafe ssh_userauth_kbdint(session, nil, nil) }
      guard result == SSH_AUTH_INFO.rawValue else {
        try accept(result)
        return
      }
      let count = unsafe ssh_userauth_kbdint_getnprompts(session)
      for index in 0..<max(0, count) {
        var isShown: CChar = 0
        _ = unsafe ssh_userauth_kbdint_getprompt(session, UInt32(index), &isShown)
        // A question whose answer may be seen is not the one for the password.
        guard isShown == 0, unsafe ssh_userauth_kbdint_setanswer(session, UInt32(index), password.reveal()) == 0 else {
          throw refused()
        }
      }
    }
    throw refused()
  }

  private func accept(_ result: CInt) throws(SSHError) {
    if result == SSH_AUTH_SUCCESS.rawValue { return }
    guard unsafe ssh_is_connected(session) == 1 else {
      throw .lost(hop: plan.hop, reason: "the server hung up at the login: \(libraryError())")
    }
    if result == SSH_AUTH_ERROR.rawValue, case .agent = plan.credential {
      throw .agent(reason: libraryError())
    }
    throw refused(partly: result == SSH_AUTH_PARTIAL.rawValue)
  }

  private func refused(partly: Bool = false) -> SSHError {
    let bits = unsafe UInt32(truncatingIfNeeded: ssh_userauth_list(session, nil))
    let names = [
      (SSH_AUTH_METHOD_PUBLICKEY, "publickey"), (SSH_AUTH_METHOD_PASSWORD, "password"),
      (SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"), (SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"),
    ]
    let methods = names.filter { bits & UInt32($0.0) != 0 }.map(\.1)
    let tried = plan.credential.name + " for the user \(plan.address.user)" + (partly ? " as the only proof" : "")
    return .refused(hop: plan.hop, tried: tried, methods: methods)
  }

  // MARK: Driving

  /// Calls until the library has its result, and waits for the socket between the calls.
  private func drive(_ stage: SSHError.Stage, _ call: () -> CInt) throws(SSHError) -> CInt {
    while true {
      let result = call()
      let isAgain = stage == .authentication ? result == SSH_AUTH_AGAIN.rawValue : result == SSH_AGAIN
      guard isAgain else { return result }
      try wait(stage)
    }
  }

  private func wait(_ stage: SSHError.Stage) throws(SSHError) {
    let isWriting = unsafe ssh_get_poll_flags(session) & SSH_WRITE_PENDING != 0
    var entries = [
      pollfd(fd: descriptor, events: Int16(POLLIN) | (isWriting ? Int16(POLLOUT) : 0), revents: 0),
      pollfd(fd: mailbox.wake, events: Int16(POLLIN), revents: 0),
    ]
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else { throw .timedOut(hop: plan.hop, stage: stage, limit: plan.limit) }
    // SAFETY: the array lives through the call.
    _ = unsafe poll(&entries, 2, left.pollMilliseconds)
    if mailbox.isEndAsked { throw .cancelled(hop: plan.hop) }
  }

  private func noHandshake() -> SSHError {
    let reason = libraryError()
    if reason.contains("no match for method server host key algo") {
      // Asked for one type only, because that is the pinned one.
      return .hostKeyChanged(hop: plan.hop, expected: plan.algorithms, offered: nil)
    }
    return .handshake(hop: plan.hop, reason: reason)
  }

  private func libraryError() -> String { unsafe lastError(of: session) }
}

/// The library's words for its last error, cleaned of what a server may have put in.
func lastError(of session: ssh_session) -> String {
  guard let text = unsafe ssh_get_error(UnsafeMutableRawPointer(session)) else { return "unknown" }
  let words = unsafe String(cString: text)
  let clean = String(
    words.unicodeScalars.prefix(200).map { $0.value < 32 || (127...159).contains($0.value) ? " " : Character($0) })
  return clean.isEmpty ? "the server ended the connection" : clean
}

extension HostKey {
  init?(library key: ssh_key) {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let encoded = unsafe text else { return nil }
    defer { unsafe ssh_string_free_char(encoded) }
    self.init(base64: unsafe String(cString: encoded))
  }
}

/// A private key in the library's memory, freed with the value.
@safe
struct PrivateKey: ~Copyable {
  let handle: ssh_key

  init(text: SSHSecret, passphrase: SSHSecret?) throws(SSHError) {
    try SSHLibrary.load()
    var key: ssh_key?
    // Without an answer of ours the library would ask at the terminal.
    let noQuestion: ssh_auth_callback = { _, _, _, _, _, _ in -1 }
    let result = unsafe ssh_pki_import_privkey_base64(text.reveal(), passphrase?.reveal(), noQuestion, nil, &key)
    guard result == SSH_OK, let found = unsafe key else {
      guard Self.isLocked(text.reveal()) else {
        throw .badKey(
          reason: "it is not a private key that can be read", fix: "name the private key's file (not the one ending in .pub)")
      }
      throw passphrase == nil
        ? .badKey(
          reason: "it is locked with a passphrase",
          fix:
            "give the passphrase: --passphrase-file FILE of slipway server, SLIPWAY_SSH_PASSPHRASE with -H ssh://, or type it at the prompt"
        )
        : .badKey(reason: "the passphrase is wrong", fix: "give the right passphrase")
    }
    unsafe handle = found
  }

  deinit { unsafe ssh_key_free(handle) }

  /// Of the public half.
  func publicKey() -> HostKey? {
    var key: ssh_key?
    guard unsafe ssh_pki_export_privkey_to_pubkey(handle, &key) == SSH_OK, let found = unsafe key else { return nil }
    defer { unsafe ssh_key_free(found) }
    return unsafe HostKey(library: found)
  }

  /// A new Ed25519 key in OpenSSH's own format.
  static func newText() throws(SSHError) -> SSHSecret {
    try SSHLibrary.load()
    var key: ssh_key?
    var text: UnsafeMutablePointer<CChar>?
    let failure = SSHError.badKey(reason: "the library makes no new one", fix: "make one with ssh-keygen -t ed25519")
    guard unsafe ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK, let made = unsafe key else { throw failure }
    defer { unsafe ssh_key_free(made) }
    guard unsafe ssh_pki_export_privkey_base64(made, nil, nil, nil, &text) == SSH_OK, let found = unsafe text else {
      throw failure
    }
    defer { unsafe ssh_string_free_char(found) }
    return SSHSecret(unsafe String(cString: found))
  }

  /// PEM says it in a header; OpenSSH's own format names the cipher at its begin (PROTOCOL.key).
  static func isLocked(_ text: String) -> Bool {
    if text.contains("ENCRYPTED") { return true }
    let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
    guard let bytes = bytes(base64: body), bytes.count > 23 else { return false }
    // "openssh-key-v1", NUL, then the cipher's name with its length before it.
    return Array(bytes[..<14]) == Array("openssh-key-v1".utf8) && Array(bytes[19..<23]) != Array("none".utf8)
  }
}
