/// One load in progress: what was read, and what was noticed on the way.
struct ProjectReading<Source: FileSource> {
  let source: Source
  let limits: LoadLimits
  var problems: [ComposeProblem] = []
  var warnings: [ComposeWarning] = []
  var inputs: [InputFile] = []
  var usedVariables: [String: String?] = [:]
  /// Services by the file that they are extended from.
  var extensionTables: [ExtensionTable.ID: ExtensionTable] = [:]

  var scopeCount = 0

  private var knownInputs: [String: Int] = [:]
  private var byteCount = 0
  private var mergedNodeCount = 0
  /// Entries of `include` that were followed.
  var inclusionCount = 0
  /// How often each file was included.
  var inclusions: [String: Int] = [:]

  init(_ source: Source, limits: LoadLimits) {
    self.source = source
    self.limits = limits
  }

  mutating func report(_ rule: ComposeProblem.Rule, _ at: SourcePosition, _ message: String, fix: String) {
    problems.append(ComposeProblem(rule, at: at, message, fix: fix))
  }

  /// Counts values that are about to be merged; false (and a problem) when there are too many.
  mutating func spend(_ nodes: Int, at position: SourcePosition) -> Bool {
    let wasWithin = mergedNodeCount <= limits.mergedNodes
    mergedNodeCount += nodes
    guard mergedNodeCount > limits.mergedNodes else { return true }
    if wasWithin {
      report(
        .limit, position, "the project has more than \(limits.mergedNodes) values, with what is included and extended",
        fix: "make several projects, or extend smaller services")
    }
    return false
  }

  /// The bytes of `path`, read once; nil (and a problem) when they cannot be had.
  ///
  /// - Parameter position: where the file is asked for; nil when no file says so.
  mutating func bytes(of path: String, as role: InputFile.Role, askedFor position: SourcePosition?) -> [UInt8]? {
    if let index = knownInputs[path] { return inputs[index].bytes }
    let place = position ?? SourcePosition(file: path, line: 0, column: 0)
    guard inputs.count < limits.files else {
      report(.limit, place, "more than \(limits.files) files in one project", fix: "use fewer files")
      return nil
    }
    do throws(FileSourceError) {
      let bytes = try source.read(path, limit: limits.yaml.fileBytes)
      byteCount += bytes.count
      guard byteCount <= limits.bytes else {
        report(.limit, place, "the files of the project have more than \(limits.bytes) bytes", fix: "use smaller files")
        return nil
      }
      knownInputs[path] = inputs.count
      inputs.append(InputFile(path: path, role: role, bytes: bytes))
      return bytes
    } catch {
      report(unreadable: path, error, place)
      return nil
    }
  }

  private mutating func report(unreadable path: String, _ error: FileSourceError, _ place: SourcePosition) {
    let path = path == "-" ? "standard input" : path
    switch error {
    case .missing: report(.missingFile, place, "the file \(path) does not exist", fix: "create it, or correct the path")
    case .isDirectory: report(.unreadableFile, place, "\(path) is a folder", fix: "name a file in it")
    case .notRegular: report(.unreadableFile, place, "\(path) is not a regular file", fix: "name a regular file")
    case .tooLarge(let limit):
      report(.limit, place, "\(path) has more than \(limit) bytes", fix: "split it with include or extends")
    case .denied(let reason):
      report(.unreadableFile, place, "\(path) cannot be read: \(reason)", fix: "make it readable for you")
    }
  }

  /// The variables of env files; later files win, and see what earlier ones set.
  mutating func variables(
    of files: [(path: String, position: SourcePosition?)], over environment: [String: String]
  ) -> [String: String] {
    var values: [String: String] = [:]
    for file in files {
      guard let bytes = bytes(of: file.path, as: .dotEnv, askedFor: file.position) else { continue }
      let earlier = values
      let settings = DotEnv.parse(
        bytes, file: file.path, lookup: { environment[$0] ?? earlier[$0] }, problems: &problems)
      if values.isEmpty { values = DotEnv.values(settings) } else { values.merge(DotEnv.values(settings)) { $1 } }
    }
    return values
  }
}
