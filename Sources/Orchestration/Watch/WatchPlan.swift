package import ComposeFile

/// The rules of `develop.watch` of a project's services, ready to be asked what a changed path means.
package struct WatchPlan: Sendable {
  /// A rule with what does not count for it.
  struct Rule: Sendable {
    var service: String
    var rule: WatchRule
    /// The target is a folder then, which stays whatever goes.
    var isFolder: Bool
    /// Of the build context's `.dockerignore`, counted from there.
    var context: (root: String, ignored: IgnorePatterns)?
    /// Counted from the rule's path.
    var ignored: IgnorePatterns
    var included: IgnorePatterns

    /// The path as the rule sees it, counted from its own; nil: it is elsewhere, or does not count.
    func relative(_ path: String) -> String? {
      guard let inside = Self.inside(path, of: rule.path) else { return nil }
      guard !Rule.noise.ignores(inside), !ignored.ignores(inside) else { return nil }
      if let context, let inContext = Self.inside(path, of: context.root), context.ignored.ignores(inContext) { return nil }
      return inside.isEmpty || included.isEmpty || included.ignores(inside) ? inside : nil
    }

    /// Whether something in a folder may count.
    func mayCount(in folder: String) -> Bool {
      guard let inside = Self.inside(folder, of: rule.path) else { return false }
      if Rule.noise.ignores(inside) || ignored.ignores(inside) && !ignored.mayKeepSomething(in: inside) { return false }
      guard let context, let inContext = Self.inside(folder, of: context.root), context.ignored.ignores(inContext) else {
        return true
      }
      return context.ignored.mayKeepSomething(in: inContext)
    }

    private static func inside(_ path: String, of root: String) -> String? {
      if path == root { return "" }
      let base = root == "/" ? "/" : root + "/"
      return path.hasPrefix(base) ? String(path.dropFirst(base.count)) : nil
    }

    /// What editors and version control write beside the files, which is never meant.
    private static let noise: IgnorePatterns = {
      let patterns = [
        "**/.git", "**/4913", "**/*~", "**/.*.sw[a-z]", "**/.*.sw[a-z]x", "**/.#*", "**/#*#", "**/.*.kate-swp",
        "**/*___jb_tmp___",
        "**/*___jb_old___", "**/*___jb_bak___",
      ]
      // They are ours and can be read; the tests have all of them.
      return (try? IgnorePatterns(patterns)) ?? IgnorePatterns()
    }()
  }

  /// A file on this machine and its place in a container.
  struct Copy: Hashable, Sendable {
    var source: String
    /// Absolute.
    var target: String
  }

  /// What changes do to one service.
  struct Reaction: Hashable, Sendable {
    var rebuilds = false
    var restarts = false
    var copies: [Copy] = []
    /// What is not on this machine any more.
    var deletions: [Copy] = []
    var commands: [Hook] = []
  }

  let project: Project
  let rules: [Rule]

  /// The services that are watched, sorted.
  package var services: [String] { Set(rules.map(\.service)).sorted() }
  /// What is watched, sorted.
  package var paths: [String] { Set(rules.map(\.rule.path)).sorted() }

  /// - Parameter services: empty: all that have rules.
  /// - Throws: `OperationRefused` with all that cannot be watched.
  package init(_ project: Project, services: [String], from files: some FileSource = DiskFiles()) throws {
    for name in services where project.service(name) == nil {
      throw ServiceRefusal(
        description: """
          no such service: "\(name)" in the project \(project.name)
            fix: name one of: \(project.services.map(\.name).joined(separator: ", "))
          """)
    }
    var problems: [String] = []
    var rules: [Rule] = []
    let wanted = services.isEmpty ? Set(project.services.map(\.name)) : Set(services)
    for service in project.services where wanted.contains(service.name) {
      for (index, rule) in service.watchRules.enumerated() {
        let place = "\(project.configFiles.joined(separator: ", ")): services.\(service.name).develop.watch[\(index)]"
        do {
          rules.append(try Self.checked(rule, of: service, at: place, files))
        } catch {
          problems.append(error.description)
        }
      }
    }
    guard problems.isEmpty else { throw OperationRefused(description: problems.joined(separator: "\n")) }
    guard !rules.isEmpty else {
      throw OperationRefused(
        description:
          "\(services.isEmpty ? "no service of \(project.name)" : services.joined(separator: ", ")) has rules to watch by\n  fix: add develop.watch to a service"
      )
    }
    self.project = project
    self.rules = rules
  }

  private static func checked(
    _ rule: WatchRule, of service: Service, at place: String, _ files: some FileSource
  ) throws(OperationRefused) -> Rule {
    func refused(_ attribute: String, _ reason: String, fix: String) -> OperationRefused {
      OperationRefused(description: "\(place).\(attribute): \(reason)\n  fix: \(fix)")
    }
    guard let kind = files.kind(of: rule.path) else {
      throw refused("path", "\(rule.path) does not exist", fix: "create it, or correct the path")
    }
    if rule.action == .rebuild, service.build == nil {
      throw refused("action", "rebuild needs a `build` of the service", fix: "add one, or use sync or restart")
    }
    if rule.action.copies, rule.target?.hasPrefix("/") != true {
      throw refused("target", "\(rule.action.rawValue) needs an absolute path in the container", fix: "name it")
    }
    if rule.action == .syncAndExecute, rule.command?.command.isEmpty != false {
      throw refused("exec", "sync+exec needs a command", fix: "add exec with a command")
    }
    var checked = Rule(
      service: service.name, rule: rule, isFolder: kind == .directory, ignored: IgnorePatterns(), included: IgnorePatterns())
    do {
      checked.ignored = try IgnorePatterns(rule.ignored)
      checked.included = try IgnorePatterns(rule.included)
    } catch {
      throw refused("ignore", "\(error)", fix: "correct it")
    }
    if let build = service.buildSection, case .folder(let root) = ContextPlace(build.context) {
      checked.context = (root, try BuildContext.ignored(of: build, in: root, at: place, files))
    }
    return checked
  }

  /// Whether a folder has to be looked at.
  func mayCount(in folder: String) -> Bool { rules.contains { $0.mayCount(in: folder) } }

  /// What changed paths do, by service. `isThere` tells what has been removed.
  ///
  /// Copies are sorted, so that a folder comes before what is in it.
  /// - Parameter rebuildsAlone: a rebuild stands for all else of its service.
  func reactions(to paths: Set<String>, rebuildsAlone: Bool = true, isThere: (String) -> Bool) -> [String: Reaction] {
    var reactions: [String: Reaction] = [:]
    // A path may be in two rules that do the same with it.
    var taken: [String: Set<Copy>] = [:]
    for path in paths.sorted() {
      for rule in rules {
        guard let relative = rule.relative(path) else { continue }
        switch rule.rule.action {
        case .rebuild: reactions[rule.service, default: Reaction()].rebuilds = true
        case .restart: reactions[rule.service, default: Reaction()].restarts = true
        case .sync, .syncAndRestart, .syncAndExecute:
          if relative.isEmpty, rule.isFolder { continue }
          let base = rule.rule.target ?? "/"
          let copy = Copy(source: path, target: relative.isEmpty ? base : PathText.joined(base, relative))
          if taken[rule.service, default: []].insert(copy).inserted {
            if isThere(path) {
              reactions[rule.service, default: Reaction()].copies.append(copy)
            } else {
              reactions[rule.service, default: Reaction()].deletions.append(copy)
            }
          }
          if rule.rule.action == .syncAndRestart { reactions[rule.service, default: Reaction()].restarts = true }
          if rule.rule.action == .syncAndExecute, let command = rule.rule.command,
            reactions[rule.service]?.commands.contains(command) != true
          {
            reactions[rule.service, default: Reaction()].commands.append(command)
          }
        }
      }
    }
    return reactions.mapValues { $0.rebuilds && rebuildsAlone ? Reaction(rebuilds: true) : $0 }
  }
}
