import Orchestration
import Synchronization

/// Tells the progress of a command on services on standard error, one line an event, in Compose's words as a deploy does.
final class ServiceLines: Sendable {
  private let isShown: Bool
  private let begun = Mutex<[ServiceAction: ContinuousClock.Instant]>([:])

  init(isShown: Bool) { self.isShown = isShown }

  var sink: ServiceProgressSink {
    { self.show($0) }
  }

  private func show(_ event: ServiceProgress) {
    guard isShown else { return }
    switch event {
    case .begun(let action): begun.withLock { $0[action] = .now }
    case .done(let action):
      let time = begun.withLock { $0.removeValue(forKey: action) }.map { ContinuousClock.now - $0 } ?? .zero
      let words = action.words
      StandardError.write(" \(Self.capital(words.object))  \(Self.capital(words.done))  \(Figures.seconds(time))")
    case .failed(let action, let reason):
      StandardError.write(" \(Self.capital(action.words.object))  \(ProgressWords.failure(reason))")
    }
  }
  private static func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
