/// Reads `env_file` and `label_file` of services, and fills in what comes from the environment.
struct ServiceFiles<Source: FileSource> {
  private let source: Source
  private let environment: [String: String]
  private(set) var inputs: [InputFile] = []
  private(set) var problems: [ComposeProblem] = []
  /// Bytes of the files read so far; nil: missing.
  private var contents: [String: [UInt8]?] = [:]
  /// What an env file gave to the last service that had it, and what it asked of that one.
  private struct Parsed {
    var settings: [(key: String, value: String?)]
    var asked: [String: String?]
  }

  private var parsed: [String: Parsed] = [:]
  private var expandedBytes = 0
  /// Bytes of values that env files gave to services.
  private var givenBytes = 0
  private var hasTooMuch = false
  /// Files that were looked for before and could not be read.
  private var missing: Set<String> = []

  /// Bytes of the largest env or label file.
  private static var fileLimit: Int { 1 << 20 }
  /// Bytes of all env and label files, each as often as a service names it.
  private static var bytesLimit: Int { 16 << 20 }
  /// Env and label files of one project.
  private static var countLimit: Int { 2_000 }

  init(_ source: Source, environment: [String: String]) {
    self.source = source
    self.environment = environment
  }

  /// Whether all files of the services together are small enough to be read; told before the first of them is.
  mutating func admit(_ services: [ServiceDraft]) -> Bool {
    var total = 0
    for service in services {
      let files =
        (service.node["env_file"]?.items ?? []).map { ($0["path"] ?? $0, InputFile.Role.envFile) }
        + (service.node["label_file"]?.items ?? []).map { ($0, .labelFile) }
      for (node, role) in files {
        guard let path = node.string else { continue }
        // Mistakes are told when the file is used.
        total += known(path, as: role)?.count ?? 0
        guard total <= Self.bytesLimit, contents.count + missing.count <= Self.countLimit else {
          problems.append(
            ComposeProblem(
              .limit, at: node.position,
              "\(service.path): up to here the env files have more than \(Self.bytesLimit) bytes, or are more than \(Self.countLimit)",
              fix: "use fewer and smaller env files"))
          return false
        }
      }
    }
    return true
  }

  /// The bytes of a file, read once; nil when they cannot be had.
  private mutating func known(_ path: String, as role: InputFile.Role) -> [UInt8]? {
    if let known = contents[path] { return known }
    guard !missing.contains(path) else { return nil }
    guard let bytes = try? source.read(path, limit: Self.fileLimit) else {
      missing.insert(path)
      return nil
    }
    contents[path] = .some(bytes)
    inputs.append(InputFile(path: path, role: role, bytes: bytes))
    return bytes
  }

  mutating func resolve(_ service: inout ServiceDraft, readsEnvFiles: Bool) {
    resolveEnvironment(&service, readsEnvFiles: readsEnvFiles)
    resolveLabels(&service)
    guard var build = service.canonical["build"]?.map, let arguments = build["args"]?.map else { return }
    var resolved = ComposeMap()
    for (key, value) in arguments.pairs {
      if value != .null { resolved[key] = value } else if let known = environment[key] { resolved[key] = .string(known) }
    }
    build["args"] = resolved.isEmpty ? nil : .map(resolved)
    service.canonical["build"] = .map(build)
  }

  private mutating func resolveEnvironment(_ service: inout ServiceDraft, readsEnvFiles: Bool) {
    var own: [String: ComposeValue] = [:]
    for (key, value) in service.canonical["environment"]?.map?.pairs ?? [] {
      own[key] = value == .null ? environment[key].map(ComposeValue.string) ?? .null : value
    }
    let files = readsEnvFiles ? service.node["env_file"]?.items ?? [] : []
    if files.isEmpty, own.isEmpty { return }
    var result: [String: ComposeValue] = [:]
    for file in files { read(environmentFile: file, of: service, own: own, into: &result) }
    result.merge(own) { $1 }
    service.canonical["environment"] = Self.map(result)
  }

  private mutating func read(
    environmentFile node: Node, of service: ServiceDraft, own: [String: ComposeValue],
    into result: inout [String: ComposeValue]
  ) {
    guard let path = node["path"]?.string, !path.isEmpty else { return }
    let position = node["path"]?.position ?? node.position
    let isRequired = node["required"]?.bool ?? true
    guard let bytes = read(path, as: .envFile, isRequired: isRequired, at: position, "\(service.path).env_file") else {
      return
    }
    let format = node["format"]?.string ?? ""
    if format == "raw" {
      for (key, value) in rawPairs(bytes, file: path) { result[key] = .string(value) }
      return
    }
    guard format.isEmpty else {
      problems.append(
        ComposeProblem(
          .envFile, at: node["format"]?.position ?? position, "\(service.path).env_file: unknown format `\(format)`",
          fix: "use `raw`, or remove `format`"))
      return
    }
    let earlier = result
    let known = environment
    let lookup = { (name: String) -> String? in
      if let value = known[name] { return value }
      if let value = own[name]?.string { return value }
      return earlier[name]?.string
    }
    let settings: [(key: String, value: String?)]
    if let before = parsed[path], before.asked.allSatisfy({ lookup($0.key) == $0.value }) {
      settings = before.settings
    } else {
      var asked: [String: String?] = [:]
      settings = DotEnv.parse(
        bytes, file: path,
        lookup: { name in
          let value = lookup(name)
          asked[name] = .some(value)
          return value
        }, expandedBytes: &expandedBytes, problems: &problems)
      parsed[path] = Parsed(settings: settings, asked: asked)
    }
    guard !hasTooMuch else { return }
    for (key, value) in settings {
      guard let value else { continue }
      givenBytes += value.utf8.count
      result[key] = .string(value)
    }
    guard givenBytes > Self.bytesLimit else { return }
    hasTooMuch = true
    problems.append(
      ComposeProblem(
        .limit, at: position,
        "\(service.path): up to here the values of env files, their variables replaced, have more than \(Self.bytesLimit) bytes",
        fix: "use fewer and smaller env files"))
  }

  /// Lines of `KEY=value`, taken as they are: no quotes, no substitution. `KEY` alone is taken from the environment.
  private mutating func rawPairs(_ bytes: [UInt8], file: String) -> [(String, String)] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
    var pairs: [(String, String)] = []
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    for (index, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      let text = (line.last == 13 ? line.dropLast() : line).drop(while: isBlank)
      guard let first = text.first, first != UInt8(ascii: "#") else { continue }
      let key = text.prefix { $0 != UInt8(ascii: "=") }
      guard !key.isEmpty, !key.contains(where: isBlank) else {
        problems.append(
          ComposeProblem(
            .envFile, at: SourcePosition(file: file, line: index + 1, column: 1),
            key.isEmpty ? "a variable has no name" : "the name of a variable has a space in it",
            fix: "write KEY=value, without spaces in KEY"))
        continue
      }
      let name = String(decoding: key, as: UTF8.self)
      if key.endIndex < text.endIndex {
        pairs.append((name, String(decoding: text[(key.endIndex + 1)...], as: UTF8.self)))
      } else if let value = environment[name] {
        pairs.append((name, value))
      }
    }
    return pairs
  }

  private mutating func resolveLabels(_ service: inout ServiceDraft) {
    let files = service.node["label_file"]?.items ?? []
    guard !files.isEmpty else { return }
    var result: [String: ComposeValue] = [:]
    for file in files {
      guard let path = file.string,
        let bytes = read(path, as: .labelFile, isRequired: true, at: file.position, "\(service.path).label_file")
      else { continue }
      // A label file sees its own values only.
      let pairs = DotEnv.parse(bytes, file: path, lookup: { _ in nil }, problems: &problems)
      for (key, value) in pairs { result[key] = .string(value ?? "") }
    }
    for (key, value) in service.canonical["labels"]?.map?.pairs ?? [] { result[key] = value }
    service.canonical["labels"] = Self.map(result)
  }

  private mutating func read(
    _ path: String, as role: InputFile.Role, isRequired: Bool, at position: SourcePosition, _ attribute: String
  ) -> [UInt8]? {
    if let known = contents[path] { return known }
    do throws(FileSourceError) {
      let bytes = try source.read(path, limit: Self.fileLimit)
      contents[path] = .some(bytes)
      inputs.append(InputFile(path: path, role: role, bytes: bytes))
      return bytes
    } catch {
      if case .missing = error, !isRequired { return nil }
      guard problems.count < ComposeProblems.gatheringLimit else { return nil }
      let (reason, fix) =
        switch error {
        case .missing: ("not found", "create it, or write `required: false`")
        case .isDirectory, .notRegular: ("not a regular file", "name a file")
        case .tooLarge(let limit): ("larger than \(limit) bytes", "make it smaller")
        case .denied(let reason): (reason, "make it readable")
        }
      problems.append(
        ComposeProblem(
          error == .missing ? .missingFile : .unreadableFile, at: position, "\(attribute): `\(path)`: \(reason)", fix: fix))
      return nil
    }
  }

  private static func map(_ values: [String: ComposeValue]) -> ComposeValue? {
    var map = ComposeMap()
    for key in values.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { map[key] = values[key] }
    return map.isEmpty ? nil : .map(map)
  }
}
