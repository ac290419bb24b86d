import DockerEngine

/// The model's names for what the engine names its own way.
struct ObjectNames: Sendable {
  var project: String
  /// Keys of networks and volumes, by the engine's names.
  var networks: [String: String] = [:]
  var volumes: [String: String] = [:]
  /// Services, by the ids and by the names of their containers.
  private var services: [String: String] = [:]

  init(_ live: LiveStack) {
    project = live.project
    for container in live.containers {
      services[container.id] = container.service
      services[container.name] = container.service
    }
  }

  /// Folder that keys of secrets and configs count from.
  var folder = "/"

  /// A key in the model for a secret or config of this file.
  func fileKey(_ path: String) -> String {
    let inside = folder != "/" && path.hasPrefix(folder + "/") ? path.dropFirst(folder.count + 1) : path.drop { $0 == "/" }
    return Self.key(inside)
  }

  /// A key that the loader takes.
  static func key(_ name: some StringProtocol) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
  }

  /// The service of a container, by its id or name; nil for one of somebody else.
  func service(of container: String) -> String? { services[container] }

  /// `container:ID` as `service:NAME`, where it is one of the project.
  func joined(_ mode: String) -> String {
    guard mode.hasPrefix("container:"), let service = service(of: String(mode.dropFirst(10))) else { return mode }
    return "service:\(service)"
  }
}
