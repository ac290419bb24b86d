package import RevisionStore

extension AccountService {
  /// The shortest life of a token: who looks at `endDue` more often than this misses no end (S-AUTH-10).
  package static let shortestTokenLife: Duration = .seconds(60)

  /// Ends what has reached its end by itself, and tells of it, so that its sockets close (S-AUTH-6); gives when the next end comes.
  ///
  /// - Parameter last: the last look; tokens that ended by then were told of.
  package func endDue(since last: Timestamp) async throws(AccountError) -> Timestamp? {
    let ends = try await stored { () async throws(StoreError) in
      try await store.credentialEnds(since: last, idleMilliseconds: Lifetime.sessionIdleMilliseconds)
    }
    // Before they are forgotten: what is open under them closes also where nothing can be written.
    listeners.tell(ends.sessions.map { .sessionEnded($0) } + ends.tokens.map { .tokenEnded($0) })
    guard !ends.sessions.isEmpty else { return ends.next }
    let since = Timestamp(milliseconds: options.now().milliseconds - Lifetime.sessionIdleMilliseconds)
    _ = try await stored { () async throws(StoreError) in try await store.pruneSessions(idleSince: since) }
    return ends.next
  }
}
