package import ComposeFile

/// What is asked of a server's live socket, and how it goes on after a broken connection.
package struct LiveSubscription: Sendable {
  /// Where a message says how far it got, and where the next subscription takes that.
  package enum Resumption: Sendable {
    /// `cursor` in both: logs.
    case cursor
    /// `cursor` is given back as `after`: events and operations.
    case after
  }

  package var kind: String
  package var fields: ComposeMap
  package var resumption: Resumption
  /// Bytes that the server may send ahead; nil: this kind knows no credit.
  package var creditBytes: Int?

  package init(kind: String, fields: ComposeMap, resumption: Resumption, creditBytes: Int? = nil) {
    self.kind = kind
    self.fields = fields
    self.resumption = resumption
    self.creditBytes = creditBytes
  }

  /// Logs of what `targets` name; the other members are those of the API.
  package static func logs(_ fields: ComposeMap) -> LiveSubscription {
    LiveSubscription(kind: "logs", fields: fields, resumption: .cursor, creditBytes: 4 << 20)
  }

  package static func operation(_ id: String) -> LiveSubscription {
    LiveSubscription(kind: "operation", fields: ComposeMap([("operation", .string(id))]), resumption: .after)
  }

  /// What happens to the containers of a stack; the other members are those of the API.
  package static func containerEvents(_ fields: ComposeMap) -> LiveSubscription {
    LiveSubscription(kind: "container_events", fields: fields, resumption: .after)
  }

  /// What containers use. Nothing is resumed: the next sample says all.
  package static func stats(_ fields: ComposeMap) -> LiveSubscription {
    LiveSubscription(kind: "stats", fields: fields, resumption: .after)
  }

  package static func events(_ fields: ComposeMap) -> LiveSubscription {
    LiveSubscription(kind: "events", fields: fields, resumption: .after)
  }

  /// The first message of a socket.
  ///
  /// - Parameter begun: RFC 3339: when it was asked for first, where nothing has come since: lines that are written from now on only (`tail` 0)
  ///   are then asked for from that moment on, by this machine's clock.
  func opening(id: Int, from place: ComposeValue?, begun: String? = nil) -> String {
    var message = ComposeMap([("id", .int(id)), ("kind", .string(kind))])
    for (key, value) in fields.pairs { message[key] = value }
    if let begun, place == nil, kind == "logs", message["tail"]?.int == 0 {
      message["tail"] = .int(-1)
      message["since"] = .string(begun)
    }
    if let creditBytes { message["credit"] = .int(creditBytes) }
    if let place {
      switch resumption {
      case .cursor: message["cursor"] = place
      case .after: message["after"] = place
      }
    }
    return ComposeValue.map(message).json(indented: false)
  }
}

/// How the connection of a subscription is.
package enum SocketNotice: Sendable {
  case lost(reason: String)
  case isBack
}
