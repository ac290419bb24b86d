import ComposeFile
import DockerEngine
import Glibc

/// Where a project's files were when its containers were made, by their labels.
package struct ProjectOrigin: Hashable, Sendable {
  /// Empty: the label is not there.
  package var workingDirectory: String
  /// Absolute.
  package var configFiles: [String]
  /// Given by `--env-file`; absolute.
  package var environmentFiles: [String]

  package init(workingDirectory: String, configFiles: [String], environmentFiles: [String]) {
    self.workingDirectory = workingDirectory
    self.configFiles = configFiles
    self.environmentFiles = environmentFiles
  }

  init(_ labels: [String: String]) {
    let folder = labels[ComposeLabel.workingDirectory] ?? ""
    // Docker Compose before version 2 wrote them as they were given.
    func listed(_ label: String) -> [String] {
      (labels[label] ?? "").split(separator: ",").map { $0.hasPrefix("/") || folder.isEmpty ? String($0) : "\(folder)/\($0)" }
    }
    workingDirectory = folder
    configFiles = listed(ComposeLabel.configFiles)
    environmentFiles = listed(ComposeLabel.environmentFile)
  }

  /// Files that this process cannot read.
  package var unreadable: [String] {
    (configFiles + environmentFiles).filter { path in
      let isDenied = unsafe access(path, R_OK) != 0
      return isDenied || DiskFiles().kind(of: path) != .file
    }
  }

  package var isReadable: Bool { !configFiles.isEmpty && unreadable.isEmpty }
}

/// A Compose project on the engine, and what would come of adopting it.
package struct AdoptableProject: Sendable {
  package var name: String
  package var services: [String]
  /// How many containers are in each state.
  package var states: [String: Int]
  /// Of its newest container.
  package var origin: ProjectOrigin
  /// Files of its origin that cannot be read where the engine is asked.
  package var unreadable: [String]
  /// Its containers were made from different files or folders.
  package var hasSeveralOrigins: Bool
  /// The current revision that this data directory has of it.
  package var revision: Int?
  /// A Slipway made its containers, this one or another.
  package var isSlipways: Bool

  package var isReadable: Bool { !origin.configFiles.isEmpty && unreadable.isEmpty }
  package var containers: Int { states.values.reduce(0, +) }
  package var isRunning: Bool { ["running", "paused", "restarting"].contains { states[$0] != nil } }

  package init(
    name: String, services: [String], states: [String: Int], origin: ProjectOrigin, unreadable: [String],
    hasSeveralOrigins: Bool, revision: Int?, isSlipways: Bool
  ) {
    self.name = name
    self.services = services
    self.states = states
    self.origin = origin
    self.unreadable = unreadable
    self.hasSeveralOrigins = hasSeveralOrigins
    self.revision = revision
    self.isSlipways = isSlipways
  }

  /// - Parameter containers: of services, of one project.
  init(_ name: String, _ containers: [ContainerSummary], revision: Int?) {
    self.name = name
    services = Set(containers.compactMap { $0.labels[ComposeLabel.service] }).sorted()
    states = Dictionary(grouping: containers, by: \.state.rawValue).mapValues(\.count)
    let newest = containers.max { ($0.createdAtSeconds, $0.id) < ($1.createdAtSeconds, $1.id) }
    origin = ProjectOrigin(newest?.labels ?? [:])
    unreadable = origin.unreadable
    hasSeveralOrigins = Set(containers.map { ProjectOrigin($0.labels) }).count > 1
    self.revision = revision
    isSlipways = containers.contains { $0.labels[ComposeLabel.operation] != nil }
  }
}
