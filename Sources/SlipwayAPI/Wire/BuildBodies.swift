/// The contexts of builds that whoever asks has, and brings when they are wanted.
package struct BuildContextsBody: WireType {
  package struct Context: Codable, Sendable, Hashable {
    package var service: String
    /// The section as its owner knows it: messages name it.
    package var place: String
    /// Within the context.
    package var dockerfile: String?
    /// Why there is none, with a remedy.
    package var problem: String?

    package init(service: String, place: String, dockerfile: String?, problem: String?) {
      self.service = service
      self.place = place
      self.dockerfile = dockerfile
      self.problem = problem
    }
  }

  package var items: [Context]
  /// `DOCKER_DEFAULT_PLATFORM` there.
  package var defaultPlatform: String?

  package init(items: [Context], defaultPlatform: String?) {
    self.items = items
    self.defaultPlatform = defaultPlatform
  }

  /// Only what can be printed, and line feeds where they are said to be fine: it comes back in messages.
  private static func printable(limit: Int, lines: Bool = false) -> Schema {
    .text(lines ? "^[^\\x00-\\x09\\x0b-\\x1f\\x7f]*$" : "^[^\\x00-\\x1f\\x7f]*$", limit: limit) { text in
      text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || lines && $0 == 0x0A }
    }
  }

  package static let schema = Schema.named("BuildContexts") {
    .object([
      .required(
        "items",
        .array(
          .object([
            .required("service", .text(limit: 255, minimum: 1)),
            .required("place", printable(limit: 8192), "what messages call the section"),
            .optional("dockerfile", .nullable(printable(limit: 4096)), "within the context"),
            .optional("problem", .nullable(printable(limit: 16 << 10, lines: true)), "why there is none"),
          ]), limit: 500)),
      .optional("default_platform", .nullable(printable(limit: 255)), "os[/arch[/variant]]"),
    ])
  }
}

/// Which images of a stack are to be built, and what is added to the files for it.
package struct StackBuildBody: WireType {
  /// Nil: all that have a build section.
  package var services: [String]?
  package var includeDependencies: Bool?
  /// Of the builds; they count before those of the files.
  package var arguments: [String: String]?
  package var noCache: Bool?
  package var pull: Bool?
  /// Of a step.
  package var memoryBytes: Int?
  package var profiles: [String]?
  /// Files that count instead of those that are saved, as in a plan.
  package var files: [FileContentBody]?
  package var variables: [String: String]?
  package var contexts: BuildContextsBody?

  package init() {}

  package static let schema = Schema.named("StackBuild") {
    .object([
      .optional("services", .nullable(.array(.text(limit: 255, minimum: 1), limit: 500)), "all when left out"),
      .optional("include_dependencies", .nullable(.boolean), "also what the services depend on"),
      .optional(
        "arguments", .nullable(.map(.text(limit: 100 << 10), limit: 500)), "of the builds; they count before those of the files"),
      .optional("no_cache", .nullable(.boolean), "every step is run"),
      .optional("pull", .nullable(.boolean), "the registries are asked for newer base images"),
      .optional("memory_bytes", .nullable(.integer(minimum: 1, maximum: 1 << 50)), "limit of a step"),
      .optional("profiles", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100))),
      .optional(
        "files", .nullable(.array(FileContentBody.schema, limit: 256)), "taken instead of those that are saved; nothing is kept"),
      .optional("variables", .nullable(.map(.text(limit: 256 << 10), limit: 1000)), "of the environment"),
      .optional("contexts", .nullable(BuildContextsBody.schema), "that the caller brings; else they are the stack's own folders"),
    ])
  }
}

/// Why a context does not come.
package struct ContextRefusalBody: WireType {
  /// With a remedy.
  package var reason: String

  package init(reason: String) { self.reason = reason }

  package static let schema = Schema.named("ContextRefusal") {
    .object([.required("reason", .text(limit: 16 << 10, minimum: 1))])
  }
}
