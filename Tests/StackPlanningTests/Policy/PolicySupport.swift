import ComposeFile
import SlipwayTesting

@testable import StackPlanning

/// A stack in `/srv/stacks/shop`, judged as a server would.
struct JudgedStack {
  var files: [String: String]
  var environment: [String: String] = [:]
  var request = LoadRequest(environment: [:], currentDirectory: JudgedStack.folder)
  var context = PolicyContext()

  static let folder = "/srv/stacks/shop"

  init(_ compose: String, files: [String: String] = [:]) {
    self.files = files
    self.files["compose.yaml"] = compose
    context.ownFolder = Self.folder
    context.dataDirectories = ["/srv/slipway", "/srv/stacks"]
  }

  func loaded() throws -> LoadedProject {
    var request = request
    request.environment = environment
    request.projectName = "shop"
    return try ComposeLoader.load(
      request,
      from: MemoryFiles(
        files: Dictionary(uniqueKeysWithValues: files.map { ("\(Self.folder)/\($0.key)", $0.value) })))
  }

  func findings(_ level: PolicyLevel = .standard) throws -> [PolicyFinding] {
    let loaded = try loaded()
    return ComposePolicy(level: level, context: context).findings(in: loaded.project, places: loaded.places)
  }

  /// What is denied, as `POL-1 compose.yaml:3:9`.
  func denied(_ level: PolicyLevel = .standard) throws -> [String] {
    try findings(level).filter(\.isDenied).map {
      "\($0.rule.rawValue) \($0.place.replacing(Self.folder + "/", with: ""))"
    }
  }

  /// What only POL-1 to POL-7 say, as `POL-3 warn`.
  func words(_ level: PolicyLevel) throws -> [String] {
    try findings(level).filter { $0.rule != .advice }.map { "\($0.rule.rawValue) \($0.severity.rawValue)" }
  }
}
