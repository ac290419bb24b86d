import ArgumentParser
import ComposeFile
import Glibc
import Orchestration
import StackPlanning

/// `slipway adopt [NAME]`: lists what Docker Compose runs, or makes it a stack of Slipway's as it runs.
struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "List running Compose projects, or take one over in place: nothing is recreated, restarted or labelled.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("all"), help: "Take over every project that runs and has no revision.")
  var all = false

  @Flag(name: .customLong("as-running"), help: "Where the files say something else, record what runs.")
  var takesRunning = false

  @Flag(name: .customLong("as-files"), help: "Where the files say something else, record the files.")
  var takesFiles = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder to write a compose.yaml to that was made from what runs.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(name: [.short, .customLong("message")], help: "Why; kept with the revision.")
  var message: String?

  @Flag(name: .customLong("take-over"), help: "Also a stack that another Slipway instance deployed.")
  var takesOver = false

  @Argument(help: "Project; none: list them, and on a terminal ask for one.")
  var name: String?

  func run() async throws {
    let session = StackSession(global: global)
    if takesRunning, takesFiles { throw CommandFailure("--as-running and --as-files exclude each other") }
    if all {
      guard name == nil, global.projectName == nil, global.files.isEmpty, output == nil else {
        throw CommandFailure("--all takes no project, -f or --output\n  fix: leave them out, or adopt one project by its name")
      }
      return try await adoptAll(session)
    }
    var wanted = name ?? global.projectName
    if wanted == nil { wanted = try await listed(session) }
    guard let chosen = wanted else { return }
    guard let project = StackName(chosen) else {
      throw CommandFailure("\"\(chosen)\" is not a project name\n  fix: see the names with slipway adopt")
    }
    let adoption = try await adopt(try request(project.text), session)
    if global.isJSON {
      StandardOutput.write(Self.json(adoption).json(indented: true) + "\n")
    } else {
      StandardOutput.show(Self.text(adoption))
    }
  }

  // MARK: One

  private func request(_ project: String) throws -> AdoptionRequest {
    var request = AdoptionRequest(project: project)
    request.preference = takesRunning ? .running : takesFiles ? .files : .undecided
    if !global.files.isEmpty { request.files = global.loadRequest() }
    request.output = output.map { $0.hasPrefix("/") ? $0 : "\(ProcessEnvironment.currentDirectory)/\($0)" }
    request.message = message ?? ""
    request.takesOver = takesOver
    return request
  }

  private func adopt(_ request: AdoptionRequest, _ session: StackSession) async throws -> Adoption {
    do {
      return try await session.adopt(request)
    } catch let undecided as AdoptionUndecided {
      guard Question.isPossible, !global.isJSON else { throw undecided }
      StandardError.write(undecided.differences.text)
      let answer = Question.answer(
        "\(undecided.project): the files say something else than what runs. Record what (r)uns, the (f)iles, or (n)othing? [rfN] "
      )
      var chosen = request
      switch answer?.lowercased() {
      case "r": chosen.preference = .running
      case "f": chosen.preference = .files
      default: throw undecided
      }
      return try await session.adopt(chosen)
    }
  }

  private static func text(_ adoption: Adoption) -> String {
    let containers = adoption.services.reduce(0) { $0 + $1.containers }
    var lines = [
      "\(adoption.project): revision \(adoption.revision) describes what runs (\(adoption.services.count) services, \(containers) containers); nothing was changed"
    ]
    if let reason = adoption.reason {
      lines.append("rebuilt from what runs, because \(reason)")
    } else {
      lines.append("from \(adoption.files.joined(separator: ", "))")
    }
    for service in adoption.services {
      switch service.source {
      case .files: continue
      case .changedFiles: lines.append("the next deploy changes \(service.name): the files say something else than what runs")
      case .rebuilt where adoption.reason == nil:
        lines.append("\(service.name) is recorded as it runs: a deploy of the files would change it")
      case .rebuilt: continue
      }
    }
    if let output = adoption.output { lines.append("written: \(output)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func json(_ adoption: Adoption) -> ComposeValue {
    let services = adoption.services.map { service -> ComposeValue in
      .map(
        ComposeMap([
          ("name", .string(service.name)), ("containers", .int(service.containers)), ("source", .string(service.source.rawValue)),
        ]))
    }
    return .map(
      ComposeMap([
        ("project", .string(adoption.project)), ("revision", .int(adoption.revision)), ("services", .list(services)),
        ("files", .list(adoption.files.map { .string($0) })), ("reason", adoption.reason.map { .string($0) } ?? .null),
        ("output", adoption.output.map { .string($0) } ?? .null), ("differences", adoption.differences.record),
      ]))
  }

  // MARK: All

  private func adoptAll(_ session: StackSession) async throws {
    let projects = try await session.adoptableProjects()
    var results: [ComposeValue] = []
    var hasFailed = false
    for project in projects where project.isRunning && project.revision == nil {
      do {
        let request = try request(project.name)
        let adoption = try await session.adopt(request)
        results.append(Self.json(adoption))
        if !global.isJSON { StandardOutput.show(Self.text(adoption)) }
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        hasFailed = true
        StandardError.fail("\(error)")
      }
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(results).json(indented: true) + "\n")
    } else if results.isEmpty, !hasFailed {
      StandardError.note("there is nothing to adopt")
    }
    if hasFailed { throw ExitCode(1) }
  }

  // MARK: List

  /// Lists the projects; on a terminal it asks which of them to take over. nil: none.
  private func listed(_ session: StackSession) async throws -> String? {
    let projects = try await list(session)
    let free = projects.filter { $0.isRunning && $0.revision == nil }.map(\.name)
    guard !free.isEmpty, !global.isJSON, Question.isPossible, isatty(STDOUT_FILENO) == 1 else { return nil }
    let answer = Question.answer("Take over which? [\(free.joined(separator: ", ")); empty: none] ")
    return answer.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func list(_ session: StackSession) async throws -> [AdoptableProject] {
    let projects = try await session.adoptableProjects()
    guard global.isJSON else {
      guard !projects.isEmpty else {
        StandardError.note("no Compose project has containers on this engine")
        return []
      }
      let rows = projects.map { project in
        [
          project.name, project.services.joined(separator: ","), Self.status(project), Self.files(project), Self.state(project),
        ]
      }
      StandardOutput.show(Table.text([["NAME", "SERVICES", "STATUS", "FILES", "REVISION"]] + rows))
      return projects
    }
    StandardOutput.write(ComposeValue.list(projects.map(Self.json)).json(indented: true) + "\n")
    return projects
  }

  private static func status(_ project: AdoptableProject) -> String {
    project.states.sorted { $0.key < $1.key }.map { "\($0.key)(\($0.value))" }.joined(separator: ", ")
  }

  private static func files(_ project: AdoptableProject) -> String {
    let origin = project.origin
    if origin.configFiles.isEmpty { return "none named" }
    let several = project.hasSeveralOrigins ? " (and others)" : ""
    let unreadable = project.unreadable
    if unreadable.isEmpty { return origin.configFiles.joined(separator: ",") + several }
    return "not readable: \(unreadable.joined(separator: ","))" + several
  }

  private static func state(_ project: AdoptableProject) -> String {
    if let revision = project.revision { return String(revision) }
    return project.isSlipways ? "of another Slipway" : "-"
  }

  private static func json(_ project: AdoptableProject) -> ComposeValue {
    func texts(_ list: [String]) -> ComposeValue { .list(list.map { .string($0) }) }
    return .map(
      ComposeMap([
        ("name", .string(project.name)), ("services", texts(project.services)), ("containers", .int(project.containers)),
        ("states", .map(ComposeMap(project.states.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))),
        ("workingDirectory", .string(project.origin.workingDirectory)), ("configFiles", texts(project.origin.configFiles)),
        ("environmentFiles", texts(project.origin.environmentFiles)), ("readable", .bool(project.isReadable)),
        ("unreadable", texts(project.unreadable)), ("severalOrigins", .bool(project.hasSeveralOrigins)),
        ("revision", project.revision.map { .int($0) } ?? .null), ("deployedBySlipway", .bool(project.isSlipways)),
      ]))
  }
}
