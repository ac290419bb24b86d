import Orchestration
import Synchronization

/// Tells the progress of a command on services on standard error, one line an event.
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
      StandardError.write(" \(action.words.object)  \(action.words.done)  \(Figures.seconds(time))")
    case .failed(let action, let reason):
      StandardError.write(" \(action.words.object)  failed: \(reason.split(separator: "\n").first ?? "")")
    }
  }
}
