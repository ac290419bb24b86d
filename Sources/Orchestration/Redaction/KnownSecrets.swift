package import ComposeFile

/// What is secret about one stack, and takes it out of everything that is told of it (S-SEC-4).
///
/// It is the second layer: what can be told without a secret at hand is made without it.
package struct KnownSecrets: Sendable {
  private let mask: InspectionMask
  /// Files within the stack's folder that are secret as a whole.
  private let files: Set<String>
  /// All that the files say could be read: what is not known to be secret is not.
  private let isWhole: Bool

  /// - Parameter isWhole: nothing that the stack's files say was left out.
  package init(_ values: some Sequence<String> = [], files: Set<String> = [], isWhole: Bool = false) {
    mask = InspectionMask(known: values)
    self.files = files
    self.isWhole = isWhole
  }

  package func text(_ text: String) -> String { mask.text(text) }

  /// The same value with all texts in it made harmless; the names of members stay.
  package func value(_ value: ComposeValue) -> ComposeValue {
    switch value {
    case .string(let text): .string(self.text(text))
    case .list(let items): .list(items.map(self.value))
    case .map(let map): .map(self.map(map))
    case .null, .bool, .int, .double: value
    }
  }

  package func map(_ map: ComposeMap) -> ComposeMap { ComposeMap(map.pairs.map { ($0.key, value($0.value)) }) }

  // MARK: Files

  /// A file of the stack's folder for somebody who may see the stack and not edit it; nil: nothing of it.
  ///
  /// Of an environment file only the names of its variables, of any other text what is known to be harmless.
  ///
  /// - Parameter isEnvironment: it is an environment file, whatever it is called.
  package func shown(_ path: FolderPath, _ bytes: [UInt8], isEnvironment: Bool = false) -> String? {
    guard isWhole, !files.contains(path.text), let text = String(validating: bytes, as: UTF8.self) else { return nil }
    guard isEnvironment || Self.isEnvironmentFile(path.text) else {
      return text.split(separator: "\n", omittingEmptySubsequences: false).map { self.text(Self.masked($0)) }
        .joined(separator: "\n")
    }
    guard let variables = Self.variables(bytes, file: path.text) else { return nil }
    return variables.keys.sorted().map { "\($0)=\(InspectionMask.mark)\n" }.joined()
  }

  /// By its name, as people and Compose call them: `.env`, `prod.env`, `.env.local`.
  package static func isEnvironmentFile(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name.hasSuffix(".env") || name.hasPrefix(".env.")
  }

  /// Nil: it is no environment file that can be read.
  package static func variables(_ bytes: [UInt8], file: String) -> [String: String]? {
    // WHY try?: nil is the answer for what cannot be read.
    try? EnvironmentFile.values(bytes, file: file, lookup: { _ in nil })
  }

  /// What of variables is secret: values under names that say so, and passwords in URLs.
  package static func values(of variables: [String: String]) -> [String] {
    variables.compactMap { name, value in SecretName.looksSecret(name) ? value : Redactor.password(inURL: value) }
  }

  /// `NAME: value` and `NAME=value` of any kind of file, where the name says that the value is secret; a reference to a variable
  /// gives nothing away.
  private static func masked(_ line: Substring) -> String {
    guard let sign = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return String(line) }
    let name = line[..<sign].drop { " \t-\"'#".contains($0) }.prefix { !" \t\"'".contains($0) }
    let value = line[line.index(after: sign)...].drop { $0 == " " || $0 == "\t" }
    guard !value.isEmpty, SecretName.looksSecret(String(name)), !isReference(value) else { return String(line) }
    return line[...sign] + " " + InspectionMask.mark
  }

  /// `${NAME}` or `$NAME`, without a default of its own.
  private static func isReference(_ value: Substring) -> Bool {
    let bare = value.filter { !" \t\r\"'".contains($0) }
    guard bare.hasPrefix("$") else { return false }
    let name = bare.dropFirst().hasPrefix("{") && bare.hasSuffix("}") ? bare.dropFirst(2).dropLast() : bare.dropFirst()
    return !name.isEmpty && name.utf8.allSatisfy { $0 == 95 || ($0 | 32 >= 97 && $0 | 32 <= 122) || (48...57).contains($0) }
  }
}

extension ComposeProblems {
  /// The same problems, in the words that a load without secret values has for them.
  ///
  /// A value that is secret may stand in a message in any part or form, so none that depends on one is repeated.
  /// - Parameter masked: the problems of the same files with placeholders for all secret values.
  func told(with masked: [ComposeProblem]) -> ComposeProblems {
    ComposeProblems(
      problems.map { problem in
        if masked.contains(problem) { return problem }
        if let same = masked.first(where: { $0.rule == problem.rule && $0.position == problem.position }) { return same }
        return ComposeProblem(
          problem.rule, at: problem.position, "the value of a variable that is kept secret does not fit here",
          fix: "look at what the place takes, and set the variable to that")
      })
  }
}
