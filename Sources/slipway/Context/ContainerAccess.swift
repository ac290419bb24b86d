import DockerEngine
import Orchestration
import SlipwayClient

/// An image as `images` shows it.
struct ShownImage: Sendable {
  var tags: [String]
  var os: String
  var architecture: String
  var variant: String
  /// `never`: the image does not say.
  var createdAt: EngineTimestamp
  var sizeBytes: Int64
}

/// What commands ask about the containers of one stack, and do with one of them: at the engine itself, or through the server in
/// front of it.
protocol ContainerAccess: Sendable {
  /// Of the stack; in the engine's order.
  func summaries(all: Bool) async throws -> [ContainerSummary]
  /// What runs in a container; nil: it has ended meanwhile.
  func processes(of container: String) async throws -> ContainerProcesses?
  /// The images of the stack's containers, by id; without those that were removed by force.
  func images(_ ids: Set<String>) async throws -> [String: ShownImage]
  func volumes() async throws -> [VolumeInspection]
  /// What containers use, once.
  func usage(_ service: String?, all: Bool) async throws -> [ServiceStats.Row]
  /// The same about once a second, until `show` says false.
  func watchUsage(_ service: String?, all: Bool, _ show: @escaping @Sendable ([ServiceStats.Row]) async throws -> Bool)
    async throws
  /// What happens to containers, until `take` says false.
  func events(
    since: EngineTimestamp?, until: EngineTimestamp?, _ take: @escaping @Sendable (EngineEvent) -> Bool
  ) async throws
  /// Tells of each container when it has ended, with its exit code, until all have, or `take` says false.
  func ends(of containers: [ServiceContainer], _ take: @escaping @Sendable (ServiceContainer, Int) -> Bool) async throws
  /// A container's file system as a tar archive.
  func export(_ container: String, _ take: ([UInt8]) async throws -> Void) async throws
  /// Gives the id of the image.
  func commit(_ container: String, _ options: CommitOptions) async throws -> String
  /// Files into and out of containers.
  var files: any ContainerFiles { get }
}

extension ContainerAccess {
  /// The containers of the stack's services, ended ones too, in the order of their names.
  func containers() async throws -> [ServiceContainer] {
    try await summaries(all: true).compactMap { ServiceContainer($0) }
      .sorted { ($0.service, $0.number, $0.name) < ($1.service, $1.number, $1.name) }
  }

  /// The running container of a service: of that index, or the lowest.
  func container(of service: String, index: Int?, in project: String) async throws -> ServiceContainer {
    try ServiceExec.container(of: service, index: index, in: project, among: try await containers())
  }
}

extension StackSession {
  /// Runs `body` with the way to the containers of a stack, where this command works. Ctrl-C cancels it.
  func withContainers<Value: Sendable>(
    of project: String, _ body: @escaping @Sendable (any ContainerAccess) async throws -> Value
  ) async throws -> Value {
    guard case .remote(let connection) = try await place() else {
      return try await withOperations(notice: nil) { operations in
        try await body(EngineContainers(engine: operations.engine, project: project))
      }
    }
    let access = ServedContainers(stack: served(project, connection))
    return try await Interruption.cancelling(notice: nil) { try await body(access) }
  }
}
