import ComposeFile

/// What a build asks for that the engine's own builder cannot do, or does not need.
enum BuildRefusals {
  /// Why a section cannot be built, with a remedy each.
  ///
  /// Refused is what changes what is built; see `warnings` for what does not.
  static func problems(of build: BuildSection, at place: String, allPlatforms: Bool) -> [String] {
    var problems: [String] = []
    func refuse(_ attribute: String, _ what: String, fix: String) {
      problems.append("\(place).\(attribute): \(what)\n  fix: \(fix)")
    }
    let session = "needs a BuildKit session, which Slipway does not have"
    if !build.secrets.isEmpty {
      refuse(
        "secrets", session,
        fix: "build the image with docker buildx and name it with `image`, or fetch what needs the secret outside of the build")
    }
    if !build.sshAgents.isEmpty {
      refuse(
        "ssh", session, fix: "fetch the sources before the build, or build the image with docker buildx and name it with `image`")
    }
    if !build.additionalContexts.isEmpty {
      refuse(
        "additional_contexts", session,
        fix: "copy from an image (COPY --from=IMAGE) or from a folder inside the context, or build with docker buildx")
    }
    if !build.entitlements.isEmpty {
      refuse("entitlements", "only BuildKit has these", fix: "remove it, or build the image with docker buildx")
    }
    if build.isPrivileged {
      refuse(
        "privileged", "the engine's builder has no privileged builds", fix: "remove it, or build the image with docker buildx")
    }
    if allPlatforms, build.platforms.count > 1 {
      refuse(
        "platforms", "the engine's builder makes an image for one platform, here are \(build.platforms.count)",
        fix: "leave one of \(build.platforms.joined(separator: ", ")), or build the image with docker buildx")
    }
    let kind = ContextPlace(build.context)
    switch kind {
    case .folder: break
    case .remote:
      if build.inlineDockerfile != nil {
        refuse(
          "dockerfile_inline", "does not go with the remote context \(build.context)",
          fix: "name a Dockerfile of that context with `dockerfile`")
      }
    case .unknown:
      refuse(
        "context", "`\(build.context)` is neither a folder nor the address of a git repository or an archive",
        fix: "use a path, or an address that begins with https://, http:// or git://")
    }
    return problems
  }

  /// What is left out of a build that gives the same image without it.
  static func warnings(of build: BuildSection, at place: String) -> [String] {
    var warnings: [String] = []
    for (attribute, isGiven) in [
      ("cache_to", !build.cacheTargets.isEmpty), ("provenance", isOn(build.provenance)), ("sbom", isOn(build.sbom)),
    ] where isGiven {
      warnings.append("\(place).\(attribute): only BuildKit has this; the image is built without it")
    }
    if !build.uncachedStages.isEmpty {
      warnings.append("\(place).no_cache_filter: only BuildKit has this; the whole image is built without the cache")
    }
    for source in build.cacheSources where cacheImage(source) == nil {
      warnings.append("\(place).cache_from: `\(source)` is not an image; it is not used")
    }
    return warnings
  }

  private static func isOn(_ text: String?) -> Bool { !["", "false", "0"].contains(text ?? "") }

  /// The image of a cache source: a plain reference, or `type=registry,ref=…`; nil: BuildKit's own forms.
  static func cacheImage(_ source: String) -> String? {
    guard source.contains("=") else { return source }
    let fields = Dictionary(
      source.split(separator: ",").compactMap { field -> (String, String)? in
        let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
      }, uniquingKeysWith: { $1 })
    return fields["type"] == "registry" ? fields["ref"] : nil
  }
}

/// What a build context is.
enum ContextPlace: Hashable {
  case folder(String)
  /// The engine fetches it.
  case remote(String)
  case unknown

  init(_ context: String) {
    if ["https://", "http://", "git://", "github.com/", "git@"].contains(where: context.hasPrefix) {
      self = .remote(context)
    } else {
      self = context.contains("://") || context.hasPrefix("service:") ? .unknown : .folder(context)
    }
  }
}
