import LogStreaming
import Synchronization

/// Prints log lines as Docker Compose does: the container's name without the project's, a bar, the text; a colour for each container.
final class LogPrinter: Sendable {
  struct Style: Sendable {
    var hasColors = false
    var hasPrefix = true
    var hasTimestamps = false
    /// One JSON object a line.
    var isJSON = false
  }

  /// In Compose's order, then the same brighter.
  private static let colors = ["36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1"]

  private struct State {
    var width = 0
    var colors: [String: String] = [:]
    /// What stands before a line, by its source; made anew when the width has changed.
    var prefixes: [String: String] = [:]
    /// What was not written yet.
    var pending: [UInt8] = []
    /// Source and stream of a line whose end is still to come.
    var open: String?
  }

  /// Bytes that are written at once, at least, while more is there.
  private static let writeBytes = 32 << 10

  private let style: Style
  private let project: String
  private let services: Mutex<[String: String]>
  private let state = Mutex(State())

  /// - Parameter containers: names of the containers that are known now, with their services.
  init(_ style: Style, project: String, containers: [String: String]) {
    self.style = style
    self.project = project
    services = Mutex(containers)
    state.withLock { state in
      for name in containers.keys.sorted() { enter(name, &state) }
    }
  }

  /// A container that joins later.
  func add(_ name: String, service: String) {
    services.withLock { $0[name] = service }
    state.withLock { enter(name, &$0) }
  }

  private func enter(_ name: String, _ state: inout State) {
    guard state.colors[name] == nil else { return }
    state.width = max(state.width, label(name).count)
    state.prefixes = [:]
    state.colors[name] = Self.colors[state.colors.count % Self.colors.count]
  }

  /// `shop-web-1` as `web-1`; a `container_name` as it is. A server's name stands before it, with a slash between.
  func label(_ name: String) -> String {
    let server = name.firstIndex(of: "/").map { name[...$0] } ?? ""
    let own = name.dropFirst(server.count)
    return TerminalText.line(String(server) + (own.hasPrefix(project + "-") ? own.dropFirst(project.count + 1) : own))
  }

  /// False when nobody reads any more. The parts of a long line become one line, unless another container's comes between.
  ///
  /// What was printed may wait for `flush`.
  func print(_ line: LogLine) -> Bool {
    let json = style.isJSON ? json(line) : ""
    let isFull = state.withLock { state in
      if style.isJSON {
        state.pending += json.utf8
      } else {
        put(line, &state)
      }
      return state.pending.count >= Self.writeBytes
    }
    return isFull ? flush() : true
  }

  private func put(_ line: LogLine, _ state: inout State) {
    let key = state.open == nil && !line.isPartial ? nil : "\(line.stream) \(line.source)"
    if state.open == nil || state.open != key {
      if state.open != nil { state.pending.append(UInt8(ascii: "\n")) }
      state.pending += prefix(line.source, &state).utf8
      if style.hasTimestamps {
        state.pending += line.time.utf8
        state.pending.append(UInt8(ascii: " "))
      }
    }
    state.pending += Self.printable(line.text).utf8
    if !line.isPartial { state.pending.append(UInt8(ascii: "\n")) }
    state.open = line.isPartial ? key : nil
  }

  /// Writes what waits; false when nobody reads any more.
  func flush() -> Bool {
    let bytes = state.withLock { state in
      defer { state.pending.removeAll(keepingCapacity: true) }
      return state.pending
    }
    return bytes.isEmpty || StandardOutput.write(bytes)
  }

  /// A line about a container, not of it.
  func printEnd(of name: String, code: Int?) -> Bool {
    if style.isJSON { return true }
    guard flush() else { return false }
    return StandardOutput.write(
      closing() + "\(label(name)) \(code.map { "exited with code \($0)" } ?? "was removed")\n")
  }

  /// Says once why nothing comes from a container.
  func printUnreadable(_ name: String, _ reason: String) {
    StandardError.warn("the logs of \(label(name)) cannot be read: \(reason)")
  }

  /// The line break of a line whose end did not come.
  private func closing() -> String { state.withLock { $0.open.take() } == nil ? "" : "\n" }

  private func prefix(_ name: String, _ state: inout State) -> String {
    guard style.hasPrefix else { return "" }
    if let known = state.prefixes[name] { return known }
    let label = label(name)
    let text = label + String(repeating: " ", count: max(0, state.width - label.count)) + "  | "
    let prefix = style.hasColors ? "\u{1B}[\(state.colors[name] ?? Self.colors[0])m\(text)\u{1B}[0m" : text
    state.prefixes[name] = prefix
    return prefix
  }

  private func json(_ line: LogLine) -> String {
    let service = services.withLock { $0[line.source] } ?? ""
    let server = line.source.firstIndex(of: "/").map { line.source[..<$0] }
    let container = server.map { String(line.source.dropFirst($0.count + 1)) } ?? line.source
    let place = server.map { [("server", String($0))] } ?? []
    let fields =
      [("time", line.time)] + place + [
        ("service", service), ("container", container), ("stream", "\(line.stream)"), ("text", line.text),
      ]
    let text = fields.map { "\"\($0.0)\":\(Self.quoted($0.1))" }.joined(separator: ",")
    return "{" + text + (line.isPartial ? ",\"continues\":true" : "") + "}\n"
  }

  /// A JSON string (RFC 8259 §7). By hand, because millions of lines pass here.
  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    bytes.reserveCapacity(text.utf8.count + 2)
    let digits = Array("0123456789abcdef".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case ..<0x20, 0x7F: bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Control characters never reach a terminal but for colours (`ESC [ … m`) and tabs (S-WEB-5).
  static func printable(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 9 }
    return isPlain ? text : filtered(text)
  }

  private static func filtered(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}", rest.first == "[" {
        let parameters = rest.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" }
        let end = rest.dropFirst(1 + parameters.count).first
        if end == "m" {
          result.append(scalar)
          result.append(contentsOf: rest.prefix(2 + parameters.count))
        }
        rest = rest.dropFirst(2 + parameters.count)
        continue
      }
      let isControl = scalar.value < 0x20 && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
      let isBidirectional = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      if !isControl, !isBidirectional { result.append(scalar) }
    }
    return String(result)
  }
}
