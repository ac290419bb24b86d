/// How a service's image is built: the typed form of `services.*.build` (Compose Build Specification).
package struct BuildSection: Hashable, Sendable {
  /// Absolute path of a folder, or the address of a git repository or an archive.
  package var context: String
  /// As written: it counts from the context.
  package var dockerfile: String?
  package var inlineDockerfile: String?
  /// What comes from the environment and is not set there is left out.
  package var arguments: [String: String] = [:]
  package var labels: [String: String] = [:]
  /// Names beside the service's own image.
  package var tags: [String] = []
  package var target: String?
  package var platforms: [String] = []
  package var network: String?
  package var cacheSources: [String] = []
  /// `host=address`, sorted.
  package var extraHosts: [String] = []
  package var shmSizeBytes: Int?
  package var ulimits: [String: Ulimit] = [:]
  package var isolation: String?
  package var skipsCache = false
  package var pullsBases = false

  // Only BuildKit has these.
  package var secrets: [String] = []
  package var sshAgents: [String] = []
  package var additionalContexts: [String: String] = [:]
  package var entitlements: [String] = []
  package var isPrivileged = false
  package var cacheTargets: [String] = []
  package var uncachedStages: [String] = []
  package var provenance: String?
  package var sbom: String?

  /// Reads the canonical form.
  package init(_ canonical: ComposeValue) {
    let read = CanonicalReader(canonical, at: "build")
    context = read.text("context") ?? "."
    dockerfile = read.text("dockerfile")
    inlineDockerfile = read.text("dockerfile_inline")
    arguments = read.textMap("args")
    labels = read.textMap("labels")
    tags = read.texts("tags")
    target = read.text("target")
    platforms = read.texts("platforms")
    network = read.text("network")
    cacheSources = read.texts("cache_from")
    extraHosts = read.texts("extra_hosts")
    shmSizeBytes = read.integer("shm_size")
    ulimits = read.ulimits()
    isolation = read.text("isolation")
    skipsCache = read.flag("no_cache")
    pullsBases = read.flag("pull")
    secrets = read.objects("secrets").compactMap { $0.text("source") }
    sshAgents = read.texts("ssh")
    additionalContexts = read.textMap("additional_contexts")
    entitlements = read.texts("entitlements")
    isPrivileged = read.flag("privileged")
    cacheTargets = read.texts("cache_to")
    uncachedStages = read.texts("no_cache_filter")
    provenance = read.text("provenance")
    sbom = read.text("sbom")
  }
}

extension Service {
  /// nil: the service is not built.
  package var buildSection: BuildSection? { build.map(BuildSection.init) }
}
