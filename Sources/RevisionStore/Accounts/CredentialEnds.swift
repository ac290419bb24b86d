/// Which sessions and tokens end by themselves, and when.
package struct CredentialEnds: Hashable, Sendable {
  /// Sessions that are still stored, and whose time is over; at most 1000.
  package var sessions: [String]
  /// Tokens whose time came to its end since the last look.
  package var tokens: [String]
  /// When the next one ends; nil: none does.
  package var next: Timestamp?
}
