import DockerEngine
import Foundation

@testable import Orchestration

/// What an engine told of a project that Docker Compose had made of `Tests/Fixtures/adoption/shop.yaml` (Engine 20.10, Compose
/// 5.6.1, with `WORD=w`).
struct RecordedStack: Decodable {
  var containers: [ContainerInspection]
  var networks: [NetworkInspection]
  var volumes: [VolumeInspection]
  var images: [ImageInspection]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/adoption")

  static func live() throws -> LiveStack {
    let recorded = try JSONDecoder().decode(
      RecordedStack.self, from: Data(contentsOf: folder.appendingPathComponent("shop.json")))
    var defaults = EngineDefaults()
    defaults.cgroupNamespace = "host"
    return LiveStack(
      project: "shop",
      containers: recorded.containers.sorted { ($0.service, $0.number) < ($1.service, $1.number) },
      images: Dictionary(recorded.images.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
      networks: Dictionary(recorded.networks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      volumes: Dictionary(recorded.volumes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      defaults: defaults, apiVersion: APIVersion(major: 1, minor: 41))
  }
}
