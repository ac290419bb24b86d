import ImageVersioning

@testable import ComposeFile

/// A part of Slipway that takes text from outside. Each must end soon, and keep what is said of it here, whatever the bytes are; a claim
/// that does not hold ends the process, which libFuzzer takes for a crash.
enum FuzzTarget: String, CaseIterable {
  /// A whole load: the parts of the input, between zero bytes, are compose.yaml, .env, other.yaml and service.env.
  case yaml
  /// An edit of a file: it means what was asked for, or is refused and changes nothing.
  case edit
  /// Variables of a text: the parts are the text and the values of A, B and C.
  case interpolation
  case dotenv
  /// Two files, one onto the other.
  case merge
  case image

  func run(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).map(Array.init)
    func part(_ index: Int) -> [UInt8] { index < parts.count ? parts[index] : [] }
    func text(_ index: Int) -> String { String(decoding: part(index), as: UTF8.self) }
    switch self {
    case .yaml: load(part(0), part(1), part(2), part(3))
    case .edit: edit(part(0), String(text(1).prefix(40)), text(2))
    case .interpolation: interpolate(text(0), ["A": text(1), "B": text(2), "C": text(3)])
    case .dotenv: readSettings(bytes)
    case .merge: merge(part(0), part(1))
    case .image: readImage(String(decoding: bytes, as: UTF8.self))
    }
  }

  // MARK: Loading

  private struct Files: FileSource {
    var files: [String: [UInt8]]

    func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
      guard let bytes = files[path] else { throw .missing }
      guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
      return bytes
    }

    func kind(of path: String) -> FileKind? { files[path] == nil ? nil : .file }
  }

  private func load(_ compose: [UInt8], _ settings: [UInt8], _ other: [UInt8], _ service: [UInt8]) {
    let source = Files(files: [
      "/p/compose.yaml": compose, "/p/.env": settings, "/p/other.yaml": other, "/p/service.env": service,
    ])
    let request = LoadRequest(environment: ["HOME": "/home/u", "SET": "1"], currentDirectory: "/p")
    do throws(ComposeProblems) {
      let project = try ComposeLoader.load(request, from: source).project
      for service in project.services { _ = service.configHash }
      let json = CanonicalOutput.json(project)
      let read = try? ComposeValue(json: Array(json.utf8))
      precondition(read.map { CanonicalOutput.json($0, doublesDollars: false) } == json, "the model as JSON reads as another")
      let yaml = CanonicalOutput.yaml(project)
      let (documents, problems) = YAMLReader.read(Array(yaml.utf8), file: "/p/compose.yaml")
      if problems.isEmpty {
        let printed = documents.first.map { CanonicalOutput.yaml($0.plain, doublesDollars: false) }
        precondition(printed == yaml, "the model as YAML reads as another")
      } else {
        precondition(problems.allSatisfy { $0.rule == .limit }, "the model as YAML does not read: \(problems)")
      }
    } catch {
      precondition(!error.problems.isEmpty, "refused without a reason")
      for problem in error.problems {
        precondition(!problem.message.isEmpty && !problem.remedy.isEmpty, "a problem without words: \(problem)")
      }
    }
    _ = try? ComposeLoader.inspect(request, from: source)
  }

  // MARK: Editing

  private func edit(_ compose: [UInt8], _ name: String, _ value: String) {
    guard let file = try? EditableFile(compose, path: "/p/compose.yaml") else { return }
    let service = YAMLReader.read(compose, file: "").documents.compactMap { $0["services"]?.entries?.first?.key }.first ?? "web"
    let edits: [ComposeEdit] = [
      .setImage(service: service, value), .setVariable(service: service, name: name, value: value),
      .removeVariable(service: service, name: name), .setLabel(service: service, name: name, value: value),
      .setScale(service: service, 3), .addService(name: name, .map(ComposeMap([("image", .string(value))]))),
      .removeService(service), .set(["name"], .string(value)),
    ]
    for edit in edits {
      var copy = file
      guard (try? copy.apply(edit)) != nil else {
        precondition(copy.bytes == compose, "a refused edit has changed the text")
        continue
      }
      // That the values are the intended ones is checked by the edit itself; that the text reads again, here.
      precondition((try? EditableFile(copy.bytes, path: "/p/compose.yaml")) != nil, "the edited text does not read")
      if case .setImage = edit {
        let written = copy.value(at: ["services", service, "image"])?.text
        precondition(written == value.escapingVariables, "the image is \(written ?? "none")")
      }
    }
  }

  // MARK: Parts

  private func interpolate(_ text: String, _ values: [String: String]) {
    var trace = Interpolator.Trace()
    let result = try? Interpolator { values[$0] }.substitute(text, &trace)
    precondition((result?.utf8.count ?? 0) <= 5 << 20 + text.utf8.count, "the result has no bound")
    _ = VariableReference.all(in: .string(text))
    let escaped = text.escapingVariables
    precondition((try? Interpolator { values[$0] }.substitute(escaped, &trace)) == text, "an escaped text is not itself")
    if !text.utf8.contains(UInt8(ascii: "$")) { precondition(result == text, "a text without variables is not itself") }
  }

  private func readSettings(_ bytes: [UInt8]) {
    var problems: [ComposeProblem] = []
    let settings = DotEnv.parse(bytes, file: "/p/.env", lookup: { $0 == "SET" ? "value" : nil }, problems: &problems)
    precondition(settings.allSatisfy { !$0.key.isEmpty }, "a variable without a name")
    precondition(problems.allSatisfy { $0.position.line > 0 && $0.position.column > 0 }, "a problem without a place")
    guard problems.isEmpty else { return }
    // The values, written with quotes that keep them, read as the same values.
    let quotable = settings.filter {
      !($0.value?.utf8.contains { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\") || $0 == 13 } ?? true)
    }
    // The first line is empty: a byte order mark before a name would be taken for that of the file.
    let text = "\n" + quotable.map { "\($0.key)='\($0.value ?? "")'\n" }.joined()
    let again = DotEnv.parse(Array(text.utf8), file: "/p/.env", lookup: { _ in nil }, problems: &problems)
    precondition(problems.isEmpty && again.elementsEqual(quotable, by: ==), "quoted settings are not themselves")
  }

  private func merge(_ first: [UInt8], _ second: [UInt8]) {
    var documents: [Node] = []
    for bytes in [first, second] {
      let (read, problems) = YAMLReader.read(bytes, file: "/p/compose.yaml")
      guard problems.isEmpty, let document = read.first, document.entries != nil else { return }
      documents.append(document)
    }
    let cuts = TagCuts.taken(from: &documents[1])
    var merger = Merger()
    // Nothing, merged onto a file or below it, is nothing.
    let nothing = Node(.map([]), at: documents[1].position)
    let onto = merger.merged(documents[1], nothing)
    let below = merger.merged(nothing, documents[1])
    precondition(documents[1].differences(from: onto).isEmpty, "an empty file changes the one before it")
    precondition(documents[1].differences(from: below).isEmpty, "an empty file changes the one after it")
    var merged = merger.merged(cuts.applied(to: documents[0]), documents[1])
    Deduplication.run(&merged)
    var once = merged
    Deduplication.run(&once)
    precondition(merged.differences(from: once).isEmpty, "there are double items left")
    var problems: [ComposeProblem] = []
    ComposeSchema.check(merged, problems: &problems)
    let long = CanonicalForm.transform(merged, problems: &problems)
    var again: [ComposeProblem] = []
    let longer = CanonicalForm.transform(long, problems: &again)
    // What is wrong is left alone, and may be read in two ways.
    if problems.isEmpty {
      let places = long.differences(from: longer)
      precondition(places.isEmpty, "the long form is not the long form of itself: \(places)")
    }
  }

  private func readImage(_ text: String) {
    guard let image = try? ImageReference(parsing: text) else { return }
    precondition((try? ImageReference(parsing: "\(image)")) == image, "\(image) reads as something else")
    precondition((try? ImageReference(parsing: image.familiar)) == image, "\(image.familiar) reads as something else")
  }
}
