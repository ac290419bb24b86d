/// How much an event matters.
package enum EventLevel: String, Hashable, Sendable, CaseIterable {
  case debug, info, warning, error
}

/// Something that happened during an operation.
package struct NewEvent: Hashable, Sendable {
  package var at: Timestamp
  package var level: EventLevel
  /// What kind of thing, as in `container.healthy`.
  package var kind: String
  /// The service it is about, if one.
  package var service: String?
  /// One line for people, cut at 16 KiB; no secret values.
  package var text: String

  package init(at: Timestamp, level: EventLevel = .info, kind: String, service: String? = nil, text: String) {
    self.at = at
    self.level = level
    self.kind = kind
    self.service = service
    self.text = text
  }
}

/// A stored event.
package struct Event: Hashable, Sendable {
  /// Its place in the operation, from 1, without gaps.
  package var sequence: Int
  package var at: Timestamp
  package var level: EventLevel
  package var kind: String
  package var service: String?
  package var text: String
}
