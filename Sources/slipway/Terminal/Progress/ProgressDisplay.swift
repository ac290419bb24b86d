import Glibc
import Orchestration

/// What is not shown of the progress of an operation.
struct ProgressParts: OptionSet {
  let rawValue: Int

  /// `--quiet-pull`
  static let pulls = ProgressParts(rawValue: 1)
  /// `--quiet-build`: what builds print; that one begins and ends is told.
  static let builds = ProgressParts(rawValue: 2)

  static func quiet(pulls: Bool, builds: Bool = false) -> ProgressParts {
    ProgressParts(pulls ? [.pulls] : []).union(builds ? [.builds] : [])
  }

  func hides(_ event: OperationProgress) -> Bool {
    switch event {
    case .pulling, .pulled: contains(.pulls)
    case .building(_, _, let line): contains(.builds) && !line.isEmpty
    default: false
    }
  }
}

/// Shows the progress of an operation on standard error, in the form that suits where it goes.
final class ProgressDisplay: Sendable {
  private enum Form: Sendable {
    case live(LiveProgress)
    case lines(ProgressLines)
    case json(ProgressRecords)
    case quiet
  }

  private let form: Form
  private let hidden: ProgressParts

  init(
    _ global: GlobalOptions, _ settings: Settings, environment: [String: String], isQuiet: Bool = false,
    hiding hidden: ProgressParts = []
  ) throws {
    self.hidden = hidden
    let ansi = global.ansi ?? settings.ansi
    let appearance = Appearance.of(STDERR_FILENO, ansi: ansi, isColorless: global.isColorless, environment: environment)
    let automatic: Form =
      global.isJSON
      ? .json(ProgressRecords())
      : appearance.isTerminal && ansi != "never" ? .live(LiveProgress(appearance)) : .lines(ProgressLines())
    switch isQuiet ? "quiet" : global.progress ?? settings.progress ?? "auto" {
    case "auto": form = automatic
    case "tty": form = .live(LiveProgress(appearance))
    case "plain": form = .lines(ProgressLines())
    case "json": form = .json(ProgressRecords())
    case "quiet": form = .quiet
    case let other:
      throw CommandFailure("--progress \(other) is not auto, tty, plain, json or quiet")
    }
  }

  var sink: ProgressSink {
    guard !hidden.isEmpty else { return whole }
    let (show, hidden) = (whole, hidden)
    return { if !hidden.hides($0) { show($0) } }
  }

  private var whole: ProgressSink {
    switch form {
    case .live(let live): { live.show($0) }
    case .lines(let lines): { lines.show($0) }
    case .json(let records): { records.show($0) }
    case .quiet: { if case .warning(let text) = $0 { StandardError.warn("\(text)") } }
    }
  }

  /// The last picture stays on the screen; nothing is drawn later.
  func finish() {
    if case .live(let live) = form { live.finish() }
  }
}
