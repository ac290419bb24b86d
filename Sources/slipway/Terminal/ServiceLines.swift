import Orchestration
import Synchronization

/// Tells the progress of a command on services on standard error, one line an event.
final class ServiceLines: Sendable {
  private let style: ProgressLines.Style
  private let begun = Mutex<[ServiceAction: ContinuousClock.Instant]>([:])

  init(_ style: ProgressLines.Style) { self.style = style }

  var sink: ServiceProgressSink {
    { self.show($0) }
  }

  private func show(_ event: ServiceProgress) {
    guard style == .lines else { return }
    switch event {
    case .begun(let action): begun.withLock { $0[action] = .now }
    case .done(let action):
      let time = begun.withLock { $0.removeValue(forKey: action) }.map { ContinuousClock.now - $0 } ?? .zero
      StandardError.write(" \(action.words.object)  \(action.words.done)  \(Self.seconds(time))")
    case .failed(let action, let reason):
      StandardError.write(" \(action.words.object)  failed: \(reason.split(separator: "\n").first ?? "")")
    }
  }

  private static func seconds(_ duration: Duration) -> String {
    let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)s"
  }
}
