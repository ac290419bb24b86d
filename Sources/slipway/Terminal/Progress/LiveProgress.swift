import Glibc
import Orchestration
import StackPlanning
import Synchronization

/// The progress of an operation as a picture that is drawn over: a row for each network, volume, container, image and wait.
final class LiveProgress: Sendable {
  private struct Row {
    var status: String
    var color: TerminalColor?
    var begun: ContinuousClock.Instant
    var ended: ContinuousClock.Instant?
    var pull: PullTally?
  }

  private struct State {
    var rows: [String: Row] = [:]
    /// Keys of `rows` in order of appearance.
    var order: [String] = []
    /// Lines of the picture on the screen.
    var drawn = 0
    var headline = ""
    var isFinished = false
  }

  /// Between two pictures.
  private static let interval: Duration = .milliseconds(100)
  private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

  private let appearance: Appearance
  private let start = ContinuousClock.now
  private let state = Mutex(State())
  private let ticker = Mutex<Task<Void, Never>?>(nil)

  init(_ appearance: Appearance) {
    self.appearance = appearance
    let task = Task { [weak self] in
      while !Task.isCancelled, (try? await Task.sleep(for: Self.interval)) != nil { self?.draw() }
    }
    ticker.withLock { $0 = task }
    StandardError.picture.withLock { $0 = { [weak self] in self?.line($0) } }
  }

  deinit { ticker.withLock { $0?.cancel() } }

  func show(_ event: OperationProgress) {
    switch event {
    case .recorded: break
    case .planned(let plan): for warning in plan.warnings { line("warning: \(warning)") }
    case .phase: break
    case .pulling(let reference, let layer, let status, let current, let total):
      transfer(reference, "Pulling", layer: layer, status: status, current, total)
    case .pushing(let reference, let layer, let status, let current, let total):
      transfer(reference, "Pushing", layer: layer, status: status, current, total)
    case .pushed(let reference):
      state.withLock { Self.set("Image \(reference)", "Pushed", .green, isEnd: true, &$0) }
    case .pulled(let reference):
      state.withLock { Self.set("Image \(reference)", "Pulled", .green, isEnd: true, &$0) }
    case .building(let reference, _, let line):
      state.withLock {
        Self.set("Image \(reference)", line.isEmpty ? "Building" : "Building  \(TerminalText.line(line))", nil, isEnd: false, &$0)
      }
    case .built(let reference, _):
      state.withLock { Self.set("Image \(reference)", "Built", .green, isEnd: true, &$0) }
    case .copying(let object, let current, let total):
      let done = current > 0 ? "  \(Figures.bytes(current))\(total > 0 ? " / \(Figures.bytes(total))" : "")" : ""
      state.withLock { Self.set(object, "Copying\(done)", nil, isEnd: false, &$0) }
    case .copied(let object, let bytes):
      state.withLock { Self.set(object, "Copied  \(Figures.bytes(bytes))", .green, isEnd: true, &$0) }
    case .stepStarted(let step):
      guard let words = ProgressWords(step.action) else { return }
      state.withLock { Self.set(words.object, words.doing, .yellow, isEnd: false, &$0) }
    case .stepDone(let step):
      guard let words = ProgressWords(step.action) else { return }
      state.withLock { Self.set(words.object, words.done, .green, isEnd: true, &$0) }
    case .stepSkipped(let step):
      guard let words = ProgressWords(step.action) else { return }
      state.withLock { Self.set(words.object, "Stays", .yellow, isEnd: true, &$0) }
    case .stepFailed(let step, let reason):
      let object = ProgressWords(step.action)?.object ?? step.action.words.object
      let color: TerminalColor = reason == "cancelled" ? .yellow : .red
      state.withLock { Self.set(object, ProgressWords.failure(reason), color, isEnd: true, &$0) }
    case .undoing: state.withLock { $0.headline = "going back to what ran before" }
    case .waitingForEngine: state.withLock { $0.headline = "the engine does not answer, waiting for it" }
    case .engineIsBack: state.withLock { $0.headline = "" }
    case .warning(let text): line("warning: \(text)")
    }
  }

  /// Draws the last picture and leaves it.
  func finish() {
    ticker.withLock { $0?.cancel() }
    draw()
    state.withLock { $0.isFinished = true }
    StandardError.picture.withLock { $0 = nil }
  }

  private func transfer(_ reference: String, _ words: String, layer: String, status: String, _ current: Int64, _ total: Int64) {
    state.withLock { state in
      let key = "Image \(reference)"
      Self.set(key, words, nil, isEnd: false, &state)
      var tally = state.rows[key]?.pull ?? PullTally()
      tally.take(layer: layer, status: status, current: current, total: total)
      state.rows[key]?.pull = tally
    }
  }

  private static func set(_ key: String, _ status: String, _ color: TerminalColor?, isEnd: Bool, _ state: inout State) {
    var row = state.rows[key] ?? Row(status: status, begun: .now)
    if state.rows[key] == nil { state.order.append(key) }
    if row.ended != nil, !isEnd { row.begun = .now }
    row.status = status
    row.color = color
    row.ended = isEnd ? .now : nil
    state.rows[key] = row
  }

  /// A line that stays, above the picture.
  private func line(_ text: String) {
    state.withLock { state in
      StandardError.put(Self.erase(&state))
      StandardError.put(TerminalText.block(text) + "\n")
    }
    draw()
  }

  private func draw() {
    state.withLock { state in
      guard !state.isFinished, !state.order.isEmpty || !state.headline.isEmpty else { return }
      let picture = picture(state)
      let text = Self.erase(&state) + picture.map { $0 + "\n" }.joined()
      state.drawn = picture.count
      StandardError.put(text)
    }
  }

  private static func erase(_ state: inout State) -> String {
    defer { state.drawn = 0 }
    return state.drawn == 0 ? "" : "\u{1B}[\(state.drawn)F\u{1B}[0J"
  }

  private func picture(_ state: State) -> [String] {
    let (columns, lines) = Appearance.size(of: STDERR_FILENO)
    let done = state.rows.values.count { $0.ended != nil }
    let elapsed = ContinuousClock.now - start
    var head = "[+] \(done)/\(state.rows.count)  \(Figures.seconds(elapsed))"
    if !state.headline.isEmpty { head += "  \(state.headline)" }
    // What runs is shown first when not all fits.
    var shown = state.order
    let room = max(3, lines - 3)
    if shown.count > room {
      let running = shown.filter { state.rows[$0]?.ended == nil }.prefix(room)
      let ended = shown.filter { state.rows[$0]?.ended != nil }.suffix(room - running.count)
      let kept = Set(running).union(ended)
      shown = shown.filter(kept.contains)
      head += "  (\(state.order.count - shown.count) more)"
    }
    let frame = Int(elapsed / Self.interval) % Self.spinner.count
    let width = min(shown.map(\.count).max() ?? 0, max(16, columns - 34))
    return [Self.cut(head, columns)]
      + shown.compactMap { key in
        state.rows[key].map { row(key, $0, width: width, columns: columns, spinner: Self.spinner[frame]) }
      }
  }

  private func row(_ key: String, _ row: Row, width: Int, columns: Int, spinner: String) -> String {
    let mark = row.ended == nil ? spinner : row.color == .red || row.color == .yellow ? "✘" : "✔"
    let name = Self.cut(TerminalText.line(key), width)
    let time = Figures.seconds((row.ended ?? .now) - row.begun)
    var status = row.status
    if let pull = row.pull, row.ended == nil, pull.totalBytes > 0 {
      status += " \(Figures.bytes(pull.currentBytes)) / \(Figures.bytes(pull.totalBytes))"
    }
    let fill = String(repeating: " ", count: max(0, width - name.count))
    status = Self.cut(status, max(8, columns - width - 4 - time.count - 4))
    let color = row.color ?? .cyan
    return " \(color.applied(to: mark, when: appearance.hasColors)) \(name)\(fill)  "
      + "\(color.applied(to: status, when: appearance.hasColors))  \(TerminalColor.faint.applied(to: time, when: appearance.hasColors))"
  }

  private static func cut(_ text: String, _ width: Int) -> String {
    text.count > width ? text.prefix(max(0, width - 1)) + "…" : text
  }

}
