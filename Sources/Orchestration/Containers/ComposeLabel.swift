/// The labels of Docker Compose on what it makes, and ours (decision 0004).
package enum ComposeLabel {
  package static let project = "com.docker.compose.project"
  package static let service = "com.docker.compose.service"
  package static let number = "com.docker.compose.container-number"
  package static let configHash = "com.docker.compose.config-hash"
  package static let image = "com.docker.compose.image"
  package static let oneOff = "com.docker.compose.oneoff"
  package static let slug = "com.docker.compose.slug"
  package static let hook = "com.docker.compose.hook"
  package static let hookIndex = "com.docker.compose.hook-index"
  package static let dependsOn = "com.docker.compose.depends_on"
  package static let workingDirectory = "com.docker.compose.project.working_dir"
  package static let configFiles = "com.docker.compose.project.config_files"
  package static let environmentFile = "com.docker.compose.project.environment_file"
  package static let replace = "com.docker.compose.replace"
  package static let network = "com.docker.compose.network"
  package static let volume = "com.docker.compose.volume"
  /// On images that were built.
  package static let imageBuilder = "com.docker.compose.image.builder"
  package static let version = "com.docker.compose.version"
  /// The operation that made the object.
  package static let operation = "slipway.op"
  /// On a container that is never started: the volume that a move copies through it.
  package static let movedVolume = "slipway.move"
  /// A keyed hash of the configs and secrets that were copied into the container.
  package static let contents = "slipway.contents"
  /// The revision that it belongs to.
  package static let revision = "slipway.revision"

  /// The release whose labels, names and hashes are followed.
  package static let composeVersion = "5.6.1"

  /// Which of the containers of its service one is; 1 when the label says nothing usable: it may be anybody's.
  package static func replica(_ labels: [String: String]) -> Int {
    guard let number = labels[number].flatMap({ Int($0) }), (1...replicaLimit).contains(number) else { return 1 }
    return number
  }

  /// Far above every number that scaling gives, and far from where counting on would overflow.
  private static let replicaLimit = 1_000_000_000
}
