/// Makes the relative paths of a document in long form absolute.
struct PathResolution {
  private enum Rule: Sendable {
    /// A file or folder on this machine.
    case file
    /// A source of a secret, config or mount, which may also be absolute in Windows' way.
    case hostPath
    /// A build context: a folder, or the address of one elsewhere.
    case context
    /// `id=path` of an SSH agent.
    case agent
    case mount
    case volume
  }

  // As compose-go resolves them; the Compose Specification says of each that it is relative to the project directory.
  private static let table = PathTable<Rule>([
    "services.*.build.context": .context,
    "services.*.build.additional_contexts.*": .context,
    "services.*.build.ssh.*": .agent,
    "services.*.env_file.*.path": .file,
    "services.*.label_file.*": .file,
    "services.*.extends.file": .file,
    "services.*.develop.watch.*.path": .file,
    "services.*.pre_start.*.env_file.*.path": .file,
    "services.*.pre_start.*.label_file.*": .file,
    "services.*.pre_start.*.volumes.*": .mount,
    "services.*.volumes.*": .mount,
    "configs.*.file": .hostPath,
    "secrets.*.file": .hostPath,
    "volumes.*": .volume,
  ])

  /// What relative paths count from; absolute.
  let directory: String
  /// What `~` stands for; nil: itself.
  let home: String?

  func resolve(_ document: inout Node) { walk(&document, Self.table.root) }

  private func walk(_ node: inout Node, _ place: PathTable<Rule>.Place) {
    if let rule = Self.table.rule(at: place) { return apply(rule, to: &node) }
    switch node.content {
    case .map(var entries):
      node.content = .null
      for index in entries.indices {
        guard let next = Self.table.place(of: entries[index].key, below: place) else { continue }
        walk(&entries[index].value, next)
      }
      node.content = .map(entries)
    case .list(var items):
      guard let next = Self.table.itemPlace(below: place) else { return }
      node.content = .null
      for index in items.indices { walk(&items[index], next) }
      node.content = .list(items)
    case .null, .bool, .int, .double, .timestamp, .string: return
    }
  }

  private func apply(_ rule: Rule, to node: inout Node) {
    switch rule {
    case .file: rewrite(&node, absolute)
    case .hostPath: rewrite(&node, hostPath)
    case .context: rewrite(&node) { Self.isElsewhere($0) ? $0 : absolute($0) }
    case .agent:
      rewrite(&node) { text in
        guard let equals = text.firstIndex(of: "=") else { return text }
        return text[...equals] + hostPath(String(text[text.index(after: equals)...]))
      }
    case .mount:
      guard node["type"]?.string == "bind", var source = node["source"] else { return }
      rewrite(&source, hostPath)
      node["source"] = source
    case .volume:
      guard node["driver"]?.string == "local", var options = node["driver_opts"], options["o"]?.string == "bind",
        var device = options["device"]
      else { return }
      if device.string == "" { device.content = .string(directory) } else { rewrite(&device, hostPath) }
      options["device"] = device
      node["driver_opts"] = options
    }
  }

  private func rewrite(_ node: inout Node, _ change: (String) -> String) {
    if case .string(let text) = node.content, !text.isEmpty { node.content = .string(change(text)) }
  }

  /// `path` with `~` expanded, from `directory`; an absolute one is left as it was written.
  func absolute(_ path: String) -> String {
    let expanded = expanded(path)
    return PathText.isAbsolute(expanded) ? expanded : PathText.joined(directory, expanded)
  }

  private func hostPath(_ path: String) -> String {
    PathText.isWindowsAbsolute(path) ? path : absolute(path)
  }

  private func expanded(_ path: String) -> String {
    guard path.utf8.first == UInt8(ascii: "~"), let home, !home.isEmpty else { return path }
    return PathText.cleaned(home + "/" + path.dropFirst())
  }

  private static let remotePrefixes = ["https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:"]

  private static func isElsewhere(_ context: String) -> Bool {
    context.contains("://") || remotePrefixes.contains { context.hasPrefix($0) }
  }
}
