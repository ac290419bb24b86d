/// What a command works through, by options, environment and the chosen context. Pure.
enum ContextChoice: Hashable, Sendable {
  /// No server, whatever there is.
  case embedded
  case named(String)
  /// `SLIPWAY_URL` with `SLIPWAY_TOKEN`.
  case address(url: String, token: String?)
  /// The server that owns the data directory, where one runs; else no server.
  case automatic

  /// The strongest word first: `--context`, `SLIPWAY_CONTEXT`, `SLIPWAY_URL`, an engine that `--host` names, and the current
  /// context.
  ///
  /// - Throws: `CommandFailure` when they contradict each other, or a token is missing.
  static func choose(
    option: String?, host: String?, environment: [String: String], current: String?
  ) throws(CommandFailure) -> ContextChoice {
    if let name = option ?? environment["SLIPWAY_CONTEXT"].flatMap({ $0.isEmpty ? nil : $0 }) {
      guard name != ServerContexts.embedded else { return .embedded }
      if let host, option != nil {
        throw CommandFailure("--context \(name) and --host \(host) name two places\n  fix: give one of them")
      }
      return host == nil ? .named(name) : .automatic
    }
    if host != nil { return .automatic }
    if let url = environment["SLIPWAY_URL"], !url.isEmpty {
      let token = environment["SLIPWAY_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
      guard token != nil || url.hasPrefix("unix://") else {
        throw CommandFailure("SLIPWAY_URL is set without SLIPWAY_TOKEN\n  fix: set both, or log in with slipway login \(url)")
      }
      return .address(url: url, token: token)
    }
    return current.map { .named($0) } ?? .automatic
  }
}
