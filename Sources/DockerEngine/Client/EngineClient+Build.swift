import FoundationEssentials

/// What a build takes beside its context (Engine API, `ImageBuild`).
package struct ImageBuildOptions: Hashable, Sendable {
  /// Names that the image gets.
  package var tags: [String] = []
  /// Path of the Dockerfile inside the context; empty: `Dockerfile`.
  package var dockerfile = ""
  /// Address of a git repository or an archive that the engine fetches itself, in place of a context.
  package var remote: String?
  package var skipsCache = false
  /// Asks the registries for newer base images.
  package var pullsBases = false
  package var arguments: [String: String] = [:]
  package var labels: [String: String] = [:]
  /// Name of the last stage to build.
  package var target: String?
  /// `os[/arch[/variant]]`.
  package var platform: String?
  /// Network mode of the containers that `RUN` uses.
  package var network: String?
  /// Images whose layers may stand for steps.
  package var cacheSources: [String] = []
  /// `host:address`.
  package var extraHosts: [String] = []
  package var shmSizeBytes: Int?
  package var ulimits: [UlimitSpec] = []
  package var isolation: String?
  package var memoryBytes: Int?

  package init() {}

  /// Containers of steps are removed, those of failed steps too.
  func query() throws(EngineError) -> EngineQuery {
    var query = EngineQuery()
    // The classic builder: the other one needs a session that serves it files and secrets.
    query.add("version", "1")
    for tag in tags { query.add("t", tag) }
    query.add("dockerfile", dockerfile)
    query.add("remote", remote)
    query.add("nocache", skipsCache)
    query.add("pull", pullsBases)
    query.add("rm", true)
    query.add("forcerm", true)
    if !arguments.isEmpty { query.add("buildargs", try Self.text(arguments)) }
    if !labels.isEmpty { query.add("labels", try Self.text(labels)) }
    query.add("target", target)
    query.add("platform", platform)
    query.add("networkmode", network)
    if !cacheSources.isEmpty { query.add("cachefrom", try Self.text(cacheSources)) }
    for host in extraHosts { query.add("extrahosts", host) }
    query.add("shmsize", shmSizeBytes.map(String.init))
    if !ulimits.isEmpty { query.add("ulimits", try Self.text(ulimits)) }
    query.add("isolation", isolation)
    query.add("memory", memoryBytes.map(String.init))
    return query
  }

  private static func text(_ value: some Encodable) throws(EngineError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw .badArgument("the build's options cannot be written as JSON: \(error)")
    }
  }
}

extension EngineClient {
  /// Builds an image from a tar archive of the context; needs no context when the options name a remote one.
  ///
  /// Read the stream to its end: a failure may come in it, and the image's Id is in the last of its auxiliary messages.
  /// Dropping the stream ends the build.
  ///
  /// - Parameter auths: by the registry's address, as `config.json` has it.
  package func buildImage<Context: AsyncSequence & Sendable>(
    _ options: ImageBuildOptions, context: Context?, auths: [String: RegistryAuth] = [:]
  ) async throws(EngineError) -> ProgressStream where Context.Element == [UInt8] {
    var request = EngineRequest(.POST, "/build", limit: limits.buildSilence, answerBytes: limits.messageBytes)
    request.subject = options.tags.first
    request.query = try options.query()
    if !auths.isEmpty { request.headers.append(("X-Registry-Config", RegistryAuth.configHeader(auths))) }
    let stream: AnswerStream
    if let context {
      stream = try await openUpload(
        request, contentType: "application/x-tar", body: context, silence: limits.progressSilence)
    } else {
      stream = try await open(request)
    }
    return ProgressStream(
      stream, messageBytes: limits.messageBytes, silenceLimit: limits.buildSilence,
      failure: { $0.errorText.isEmpty ? nil : $0.errorText })
  }
}
