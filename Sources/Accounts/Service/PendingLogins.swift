import RevisionStore
import Synchronization

/// Logins whose password was right and whose second factor is still to come. In memory only: after a restart one begins anew.
final class PendingLogins: Sendable {
  struct Pending: Sendable {
    var user: Int64
    var name: String
    var network: String
    var endsAt: Timestamp
    var triesLeft: Int
  }

  /// At once; past them the oldest goes.
  private static let limit = 1000
  /// Codes that may be tried with one password.
  private static let tries = 5

  /// By the hash of the id that the client has.
  private let state = Mutex<[[UInt8]: Pending]>([:])

  /// Gives the id.
  func add(user: User, network: String, now: Timestamp, randomness: Randomness) -> String {
    let id = SecretText.make(randomness)
    let pending = Pending(
      user: user.id, name: user.name, network: network,
      endsAt: Timestamp(milliseconds: now.milliseconds + Lifetime.pendingLoginMilliseconds), triesLeft: Self.tries)
    state.withLock { state in
      state = state.filter { $0.value.endsAt > now }
      if state.count >= Self.limit, let oldest = state.min(by: { $0.value.endsAt < $1.value.endsAt }) {
        state[oldest.key] = nil
      }
      state[SecretText.hash(id)] = pending
    }
    return id
  }

  /// One that has not ended, from the same network; one try less is left of it.
  func take(_ id: String, network: String, now: Timestamp) -> Pending? {
    let key = SecretText.hash(id)
    return state.withLock { state in
      guard var pending = state[key], pending.endsAt > now, pending.network == network else { return nil }
      pending.triesLeft -= 1
      state[key] = pending.triesLeft > 0 ? pending : nil
      return pending
    }
  }

  func remove(_ id: String) {
    state.withLock { $0[SecretText.hash(id)] = nil }
  }

  /// When a user's password or second factor changed.
  func remove(user: Int64) {
    state.withLock { state in state = state.filter { $0.value.user != user } }
  }
}
