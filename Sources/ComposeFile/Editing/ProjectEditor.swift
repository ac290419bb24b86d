/// Changes a project of one or several files: each edit is made in the file that decides, and nowhere else.
///
/// A value is changed where the last file that sets it has it; what no file has yet goes to the first file that defines the service. What a
/// service gets by `extends` is not touched: the service gets a value of its own. After each edit the project is read again: nothing
/// but what was asked for may differ, and no problem may be new. Pure but for the source, which is only read.
package struct ProjectEditor<Source: FileSource> {
  /// A file with its text before and after all edits.
  package struct Change: Hashable, Sendable {
    package var path: String
    package var before: [UInt8]
    package var after: [UInt8]
  }

  private let request: LoadRequest
  private var source: EditedSource<Source>

  package init(_ request: LoadRequest, from source: Source) {
    self.request = request
    self.source = EditedSource(base: source)
  }

  /// The files that differ from what they were, by path.
  package var changes: [Change] {
    source.originals.keys.sorted().compactMap { path in
      guard let before = source.originals[path], let after = source.texts[path], before != after else { return nil }
      return Change(path: path, before: before, after: after)
    }
  }

  /// Makes `edit`, or throws why it cannot be made; nothing is changed then.
  package mutating func apply(_ edit: ComposeEdit, _ options: EditOptions = EditOptions()) throws(ComposeProblems) {
    let start = self
    do throws(ComposeProblems) {
      for part in try parts(of: edit) { try make(part, options) }
    } catch {
      self = start
      throw error
    }
  }

  // MARK: One edit

  private struct State {
    var root: Node
    var files: [InputFile]
    /// The files of `-f`.
    var main: [String]
  }

  private func state() throws(ComposeProblems) -> State {
    var reading = ProjectReading(source, limits: LoadLimits())
    guard let location = reading.locate(request), let document = reading.document(at: location, for: request) else {
      throw ComposeProblems(reading.problems)
    }
    return State(root: document.root, files: reading.inputs, main: document.configFiles)
  }

  private func problems() -> [ComposeProblem] {
    do throws(ComposeProblems) {
      _ = try ComposeLoader.load(request, from: source)
      return []
    } catch {
      return error.problems
    }
  }

  /// A scale that is written in two places takes two edits.
  private func parts(of edit: ComposeEdit) throws(ComposeProblems) -> [ComposeEdit] {
    guard case .setScale(let service, let count) = edit else { return [edit] }
    let root = try state().root
    let written = [["services", service, "deploy", "replicas"], ["services", service, "scale"]].filter {
      root.value(at: $0[...]) != nil
    }
    return written.isEmpty ? [edit] : written.map { .set($0, .int(count)) }
  }

  private mutating func make(_ edit: ComposeEdit, _ options: EditOptions) throws(ComposeProblems) {
    let before = try state()
    let known = Set(problems().map(\.message))
    var refusal: ComposeProblems?
    var isMade = false
    for path in try candidates(for: edit, before) {
      guard let bytes = before.files.first(where: { $0.path == path })?.bytes else { continue }
      let kept = source
      do throws(ComposeProblems) {
        var file = try EditableFile(source.texts[path] ?? bytes, path: path)
        try file.apply(edit, options)
        source.replace(path, bytes, by: file.bytes)
        if edit.isRemoval {
          // Each file that has it must lose it.
          isMade = true
          continue
        }
        try check(edit, options, before, known)
        return
      } catch {
        source = kept
        // A file that does not have what is to be removed says nothing.
        if isMade, error.problems.allSatisfy({ $0.rule == .missingValue }) { continue }
        if refusal == nil { refusal = error }
        if isMade { throw error }
      }
    }
    guard isMade else { throw explained(refusal, edit, before) }
    try check(edit, options, before, known)
  }

  /// The files that may take the edit, the one that decides first.
  private func candidates(for edit: ComposeEdit, _ state: State) throws(ComposeProblems) -> [String] {
    if case .addService = edit { return Array(state.main.prefix(1)) }
    if case .addServiceText = edit { return Array(state.main.prefix(1)) }
    // Bases of `extends` are left alone: the service gets a value of its own.
    let included = state.files.filter { $0.role == .include }.map(\.path)
    var paths = state.main + included
    if let place = state.root.value(at: edit.attribute[...])?.position.file, let index = paths.firstIndex(of: place) {
      paths.insert(paths.remove(at: index), at: 0)
    }
    guard let service = edit.service else { return paths }
    guard state.root["services"]?[service] != nil else {
      let names = state.root["services"]?.entries?.map(\.key) ?? []
      throw ComposeProblems([
        ComposeProblem(
          .undefinedService, at: SourcePosition(file: state.main.first ?? "", line: 0, column: 0),
          "there is no service `\(service)` in this project",
          fix: Spelling.nearest(to: service, among: names).map { "did you mean `\($0)`?" } ?? "define it first")
      ])
    }
    return paths.filter { path in
      guard let bytes = source.texts[path] ?? state.files.first(where: { $0.path == path })?.bytes else { return false }
      return (try? EditableFile(bytes, path: path))?.defines(service: service) ?? false
    }
  }

  /// A removal that found nothing is told where the value comes from.
  private func explained(_ refusal: ComposeProblems?, _ edit: ComposeEdit, _ state: State) -> ComposeProblems {
    let subject = edit.attribute.joined(separator: ".")
    guard edit.isRemoval, refusal?.problems.allSatisfy({ $0.rule == .missingValue }) ?? true,
      let place = state.root.value(at: edit.attribute[...])?.position
    else {
      return refusal
        ?? ComposeProblems([
          ComposeProblem(
            .unsupported, at: SourcePosition(file: state.main.first ?? "", line: 0, column: 0),
            "\(subject): no file of the project can take this edit", fix: "edit the files by hand")
        ])
    }
    return ComposeProblems([
      ComposeProblem(
        .sharedValue, at: place, "\(subject) comes from here, by extends", fix: "remove it here, if no other service needs it")
    ])
  }

  /// Nothing but the edit may be different, and nothing be wrong that was right.
  private func check(
    _ edit: ComposeEdit, _ options: EditOptions, _ before: State, _ known: Set<String>
  ) throws(ComposeProblems) {
    let new = problems().filter { !known.contains($0.message) }
    guard new.isEmpty else { throw ComposeProblems(new) }
    let after = try state()
    let attribute = edit.attribute
    // A merge makes texts of numbers; that the edited file means what it shall was looked at with their types.
    let others = before.root.differences(from: after.root, lenient: []).filter { path in
      if path.starts(with: attribute) { return false }
      if let first = path.first, first.hasPrefix("x-"), first != "x-slipway" { return false }
      // A section that was not there before, or is not there any more.
      if attribute.starts(with: path),
        before.root.value(at: path[...])?.isNull ?? true || after.root.value(at: path[...])?.isNull ?? true
      {
        return false
      }
      guard options.changesShared, path.first == "services", path.count > 2 else { return true }
      return !path.dropFirst(2).starts(with: attribute.dropFirst(2)) && !attribute.dropFirst(2).starts(with: path.dropFirst(2))
    }
    let subject = attribute.joined(separator: ".")
    let place =
      after.root.value(at: attribute[...])?.position
      ?? SourcePosition(file: before.main.first ?? "", line: 0, column: 0)
    if !others.isEmpty {
      let names = others.map {
        $0.first == "services" && $0.count > 1 && $0[1] != edit.service ? $0[1] : $0.joined(separator: ".")
      }
      var seen: Set<String> = []
      let shown = names.filter { seen.insert($0).inserted }
      throw ComposeProblems([
        ComposeProblem(
          .sharedValue, at: place,
          "\(subject): the edit would also change \(shown.prefix(8).joined(separator: ", "))\(shown.count > 8 ? " …" : "")",
          fix: "give these services values of their own, or change all of them with --shared")
      ])
    }
    let found = after.root.value(at: attribute[...])
    guard let wanted = edit.wantedText, !options.keepsVariables else { return }
    guard wanted == found?.scalarText else {
      throw ComposeProblems([
        ComposeProblem(
          .conflictingValues, at: place, "\(subject): another file decides this value, the edit would have no effect",
          fix: "edit it there by hand")
      ])
    }
  }
}

extension ComposeEdit {
  /// What the edit is about, as a path of keys of the canonical model.
  var attribute: [String] {
    switch self {
    case .setImage(let service, _): ["services", service, "image"]
    case .setVariable(let service, let name, _), .removeVariable(let service, let name):
      ["services", service, "environment", name]
    case .setLabel(let service, let name, _), .removeLabel(let service, let name): ["services", service, "labels", name]
    case .setScale(let service, _): ["services", service, "scale"]
    case .addService(let name, _), .addServiceText(let name, _), .removeService(let name): ["services", name]
    case .set(let path, _), .remove(let path): path
    }
  }

  fileprivate var isRemoval: Bool {
    switch self {
    case .removeVariable, .removeLabel, .removeService, .remove: true
    case .setImage, .setVariable, .setLabel, .setScale, .addService, .addServiceText, .set: false
    }
  }

  /// What the model must say after the edit, where it keeps texts as they are.
  fileprivate var wantedText: String? {
    switch self {
    case .setImage(_, let text), .setVariable(_, _, let text), .setLabel(_, _, let text): text
    case .setScale(_, let count): String(count)
    case .removeVariable, .removeLabel, .removeService, .remove, .addService, .addServiceText, .set: nil
    }
  }
}

/// A source with some files replaced.
private struct EditedSource<Base: FileSource>: FileSource {
  let base: Base
  private(set) var texts: [String: [UInt8]] = [:]
  private(set) var originals: [String: [UInt8]] = [:]

  init(base: Base) { self.base = base }

  mutating func replace(_ path: String, _ before: [UInt8], by after: [UInt8]) {
    if originals[path] == nil { originals[path] = before }
    texts[path] = after
  }

  func kind(of path: String) -> FileKind? { texts[path] == nil ? base.kind(of: path) : .file }

  func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard let text = texts[path] else { return try base.read(path, limit: limit) }
    guard text.count <= limit else { throw .tooLarge(limit: limit) }
    return text
  }
}
