/// What a deploy is to be like.
package struct DeployBody: WireType {
  /// Why, for the history.
  package var message: String?
  /// These and what they depend on; left out: all.
  package var services: [String]?
  package var profiles: [String]?
  package var pull: String?
  package var recreate: String?
  package var removeOrphans: Bool?
  package var build: Bool?
  /// Only the plan of this hash is carried out.
  package var plan: String?
  /// The way back when it fails; true when left out.
  package var rollback: Bool?
  package var timeoutSeconds: Int?
  package var takeOver: Bool?
  /// Without what the named services depend on.
  package var skipDependencies: Bool?
  package var recreateDependencies: Bool?
  package var renewAnonymousVolumes: Bool?
  package var ignoreOrphans: Bool?
  package var scale: [String: Int]?
  package var stopTimeoutSeconds: Int?
  /// False: the containers are made, and not started.
  package var start: Bool?
  package var skipBuild: Bool?
  /// `ready` or `started`.
  package var gate: String?
  package var replaceOnContent: Bool?
  package var settleSeconds: Int?
  package var engineWaitSeconds: Int?
  /// Variables of whoever asks, which count before those of the stack's files.
  package var variables: [String: String]?
  /// Rules of the policy whose findings an admin confirms with it.
  package var allow: [String]?
  /// Of a plan: files that are taken instead of those that are saved.
  package var files: [FileContentBody]?
  /// Files that are taken as not there, though they are saved.
  package var absent: [String]?
  package var contexts: BuildContextsBody?
  /// Images of the stack that a build leaves without a name are removed after the deploy.
  package var pruneBuilt: Bool?

  package init(message: String? = nil) { self.message = message }

  package static let schema = Schema.named("Deploy") {
    .object([
      .optional("message", .nullable(.text(limit: 1000)), "why, for the history"),
      .optional(
        "services", .nullable(.array(.text(limit: 255, minimum: 1), limit: 500)), "these and what they depend on; left out: all"),
      .optional("profiles", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100))),
      .optional("pull", .nullable(.words(["always", "missing", "never"]))),
      .optional("recreate", .nullable(.words(["diverged", "force", "never"]))),
      .optional("remove_orphans", .nullable(.boolean)), .optional("build", .nullable(.boolean)),
      .optional("plan", .nullable(.text(limit: 64)), "only the plan of this hash is carried out; else 409"),
      .optional("rollback", .nullable(.boolean), "the way back when it fails; true when left out"),
      .optional("timeout_seconds", .nullable(.integer(minimum: 0, maximum: 31_536_000)), "the longest wait for health"),
      .optional("take_over", .nullable(.boolean), "also a stack that another Slipway deployed"),
      .optional("skip_dependencies", .nullable(.boolean), "without what the named services depend on"),
      .optional("recreate_dependencies", .nullable(.boolean)), .optional("renew_anonymous_volumes", .nullable(.boolean)),
      .optional("ignore_orphans", .nullable(.boolean), "containers of services that the files do not have are not told of"),
      .optional("scale", .nullable(.map(.integer(minimum: 0, maximum: 100_000), limit: 500)), "containers by service"),
      .optional("stop_timeout_seconds", .nullable(.integer(minimum: -1, maximum: 31_536_000)), "for stopping; -1: without end"),
      .optional("start", .nullable(.boolean), "false: containers are made, and not started"),
      .optional("skip_build", .nullable(.boolean), "nothing is built"),
      .optional("gate", .nullable(.words(["started", "ready"])), "which proof new containers give; ready when left out"),
      .optional("replace_on_content", .nullable(.boolean), "also containers of which only configs or secrets have changed"),
      .optional("settle_seconds", .nullable(.integer(minimum: 0, maximum: 86_400))),
      .optional("engine_wait_seconds", .nullable(.integer(minimum: 0, maximum: 86_400))),
      .optional(
        "variables", .nullable(.map(.text(limit: 256 << 10), limit: 1000)),
        "of whoever asks; they count before those of the stack's files"),
      .optional("allow", PolicyFindingBody.rules, "as an admin: what these rules find is confirmed, and kept as an exception"),
      .optional(
        "files", .nullable(.array(FileContentBody.schema, limit: 256)),
        "of a plan only: taken instead of those that are saved"),
      .optional("absent", FileContentBody.absent, "saved files that are taken as not there"),
      .optional(
        "contexts", .nullable(BuildContextsBody.schema),
        "of builds, that the caller brings (see build), with the right to; else they are the stack's own folders"),
      .optional("prune_built", .nullable(.boolean), "images of the stack that lose their name to a build are removed"),
    ])
  }
}

/// A rollback.
package struct RollbackBody: WireType {
  /// Nil: the deployed revision before the current one.
  package var to: Int?
  package var message: String?
  package var plan: String?
  /// The way back when it fails; true when left out.
  package var rollback: Bool?
  package var removeOrphans: Bool?
  package var stopTimeoutSeconds: Int?
  package var timeoutSeconds: Int?
  package var takeOver: Bool?
  /// Files that differ are written too, and what they replace is kept aside.
  package var restoreFiles: Bool?
  /// Rules of the policy whose findings an admin confirms with it.
  package var allow: [String]?

  package init() {}

  package static let schema = Schema.named("Rollback") {
    .object([
      .optional("allow", PolicyFindingBody.rules, "as an admin: what these rules find is confirmed, and kept as an exception"),
      .optional("to", .nullable(.integer(minimum: 1, maximum: nil)), "left out: the deployed revision before the current one"),
      .optional("rollback", .nullable(.boolean), "the way back when it fails; true when left out"),
      .optional("remove_orphans", .nullable(.boolean)),
      .optional("stop_timeout_seconds", .nullable(.integer(minimum: -1, maximum: 31_536_000))),
      .optional("timeout_seconds", .nullable(.integer(minimum: 0, maximum: 31_536_000)), "the longest wait for health"),
      .optional("take_over", .nullable(.boolean)),
      .optional("restore_files", .nullable(.boolean), "mounted files that differ are brought back too"),
      .optional("message", .nullable(.text(limit: 1000))), .optional("plan", .nullable(.text(limit: 64))),
    ])
  }
}

/// The plan of a deploy; as `slipway plan --json` prints it.
package enum PlanBody {
  static let step = Schema.object([
    .required("number", .integer), .required("phase", .text), .required("action", .text), .required("target", .text),
    .required("service", .nullable(.text)), .required("cause", .text), .required("after", .array(of: .integer)),
    .required("downtime", .boolean), .required("dataLoss", .boolean),
  ])

  package static let schema = Schema.named("Plan") {
    .object([
      .required("project", .text), .required("hash", .text), .required("empty", .boolean), .required("steps", .array(of: step)),
      .required("downtime", .array(of: .text)), .required("dataLoss", .boolean), .required("warnings", .array(of: .text)),
      .optional("findings", .array(of: PolicyFindingBody.schema), "what the policy finds; left out: nothing"),
      .optional(
        "differences", .array(of: .anything),
        "what the model has otherwise than the revision that runs; only when it was asked for, and one runs"),
      .optional("model", .anything, "the plan whole, for Slipway's own clients; only when it was asked for"),
    ])
  }
}

/// What is wrong with the files of a stack, and what they are when nothing is.
package struct ValidationBody: WireType {
  package var valid: Bool
  package var problems: [ProblemBody.Fault]
  package var warnings: [String]
  package var services: [String]

  package init(problems: [ProblemBody.Fault], warnings: [String], services: [String]) {
    valid = problems.isEmpty
    self.problems = problems
    self.warnings = warnings
    self.services = services
  }

  package static let schema = Schema.named("Validation") {
    .object([
      .required("valid", .boolean), .required("problems", .array(of: ProblemBody.Fault.schema)),
      .required("warnings", .array(of: .text)), .required("services", .array(of: .text)),
    ])
  }
}

/// Files that are not saved yet.
package struct DraftBody: WireType {
  package var files: [FileContentBody]?
  /// Files that are taken as not there, though they are saved.
  package var absent: [String]?
  package var profiles: [String]?

  package static let schema = Schema.named("Draft") {
    .object([
      .optional("files", .nullable(.array(FileContentBody.schema, limit: 256)), "taken instead of those that are saved"),
      .optional("absent", FileContentBody.absent, "saved files that are taken as not there"),
      .optional("profiles", .nullable(.array(.text(limit: 255, minimum: 1), limit: 100))),
    ])
  }
}

/// Which services a command is about, and how.
package struct ControlBody: WireType {
  package var services: [String]?
  package var timeoutSeconds: Int?
  package var signal: String?
  /// `rm`: also what runs, after stopping it.
  package var stop: Bool?
  package var volumes: Bool?
  package var wait: Bool?
  package var waitSeconds: Int?
  package var dependents: Bool?
  package var orphans: Bool?
  /// Ids of the only containers that may be touched.
  package var containers: [String]?

  package init() {}

  package static let schema = Schema.named("Control") {
    .object([
      .optional("services", .nullable(.array(.text(limit: 255, minimum: 1), limit: 500)), "left out: all"),
      .optional("timeout_seconds", .nullable(.integer(minimum: -1, maximum: 31_536_000)), "for stopping; -1: without end"),
      .optional("signal", .nullable(.text(limit: 20, minimum: 1)), "for kill"),
      .optional("stop", .nullable(.boolean), "rm: also what runs, after stopping it"),
      .optional("volumes", .nullable(.boolean), "rm: anonymous volumes too"),
      .optional("wait", .nullable(.boolean), "start: until they run and are healthy; true when left out"),
      .optional("wait_seconds", .nullable(.integer(minimum: 0, maximum: 31_536_000)), "start: the longest wait"),
      .optional("dependents", .nullable(.boolean), "restart: what depends on them too; true when left out"),
      .optional("orphans", .nullable(.boolean), "also containers of services that the files do not have"),
      .optional("containers", .nullable(.array(.text(limit: 64, minimum: 1), limit: 10_000)), "ids of the only ones touched"),
    ])
  }
}

/// A `down`.
package struct DownBody: WireType {
  package var services: [String]?
  package var volumes: Bool?
  package var removeOrphans: Bool?
  package var images: String?
  package var timeoutSeconds: Int?
  package var takeOver: Bool?

  package init() {}

  package static let schema = Schema.named("Down") {
    .object([
      .optional("services", .nullable(.array(.text(limit: 255, minimum: 1), limit: 500))),
      .optional("volumes", .nullable(.boolean), "removes the stack's volumes with their data"),
      .optional("remove_orphans", .nullable(.boolean)), .optional("images", .nullable(.words(["all", "local"]))),
      .optional("timeout_seconds", .nullable(.integer(minimum: -1, maximum: 31_536_000)), "for stopping; -1: without end"),
      .optional("take_over", .nullable(.boolean), "also a stack that another Slipway deployed"),
    ])
  }
}
