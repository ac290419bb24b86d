/// Hides the secret values of a container in what the engine tells of it (S-SEC-5), by the same rule as everywhere: entries whose
/// names say so, passwords in URLs, and values that are known to be secret, wherever they stand.
package struct InspectionMask: Sendable {
  /// What stands for a value that is hidden.
  package static let mark = "•••"

  /// An entry of an environment or of labels.
  package struct Entry: Hashable, Sendable {
    package var name: String
    package var value: String
    /// Something of the value is hidden.
    package var isMasked: Bool
  }

  private let redactor: Redactor

  /// - Parameters:
  ///   - environment: `NAME=value`, as the engine has it.
  ///   - labels: of the container.
  ///   - known: values that are secret whatever they are called.
  package init(environment: [String] = [], labels: [String: String] = [:], known: some Sequence<String> = []) {
    var values = Array(known)
    for (name, value) in environment.map(Self.parts) + labels.map({ ($0.key, $0.value) }) {
      if SecretName.looksSecret(name) {
        values.append(value)
      } else if let password = Redactor.password(inURL: value) {
        values.append(password)
      }
    }
    redactor = Redactor(values)
  }

  /// In the engine's order.
  package func environment(_ entries: [String]) -> [Entry] {
    entries.map { entry in
      let (name, value) = Self.parts(entry)
      return masked(name, value)
    }
  }

  /// By name.
  package func labels(_ labels: [String: String]) -> [Entry] {
    labels.sorted { $0.key < $1.key }.map { masked($0.key, $0.value) }
  }

  /// Arguments of a command: `--password=…` and `TOKEN=…`, and what follows an option that asks for a secret.
  package func arguments(_ arguments: [String]) -> [String] {
    zip(arguments, SecretArguments.parts(arguments)).map { argument, part in
      switch part {
      case .secret: Self.mark
      case .assignment(let name): name + Self.mark
      case .plain: text(Redactor(SecretArguments.values(in: [argument])).redacted(argument))
      }
    }
  }

  /// A command line in one text, such as `ps` shows it.
  package func commandLine(_ line: String) -> String {
    arguments(line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)).joined(separator: " ")
  }

  /// Any text, such as what a health check has printed.
  package func text(_ text: String) -> String {
    var masked = redactor.redacted(text)
    if let password = Redactor.password(inURL: masked), !password.isEmpty {
      masked = masked.replacing(":\(password)@", with: ":\(Self.mark)@")
    }
    return masked
  }

  private func masked(_ name: String, _ value: String) -> Entry {
    if SecretName.looksSecret(name), !value.isEmpty { return Entry(name: name, value: Self.mark, isMasked: true) }
    let shown = text(value)
    return Entry(name: name, value: shown, isMasked: shown != value)
  }

  private static func parts(_ entry: String) -> (String, String) {
    guard let equals = entry.firstIndex(of: "=") else { return (entry, "") }
    return (String(entry[..<equals]), String(entry[entry.index(after: equals)...]))
  }
}
