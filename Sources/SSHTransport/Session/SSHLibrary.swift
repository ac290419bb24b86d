import CSSH

/// libssh, which is loaded at its first use: most commands need none, and would pay for it at each start.
enum SSHLibrary {
  /// To be called before anything else of the library; cheap after the first time.
  static func load() throws(SSHError) {
    guard let reason = unsafe cssh_load() else { return }
    throw .noLibrary(reason: unsafe String(cString: reason))
  }
}
