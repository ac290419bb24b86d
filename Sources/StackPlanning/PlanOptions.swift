/// The choices of one `up` or `deploy` that change the plan.
package struct PlanOptions: Hashable, Sendable {
  package enum Pull: String, Sendable { case always, missing, never }
  package enum Build: Sendable {
    /// Where the image is missing or the service's pull policy is `build`.
    case asNeeded
    /// `--build`: every service that can be built.
    case always
    /// `--no-build`: a missing image is an error.
    case never
  }
  package enum Recreate: Sendable { case diverged, force, never }
  /// Which proof the new containers must give before the old ones are removed.
  package enum Gate: Sendable {
    /// They were started.
    case started
    /// Running, and healthy where a health check exists.
    case ready
  }

  /// Services named by the user; empty: all.
  package var services: [String] = []
  /// `--no-deps`.
  package var skipsDependencies = false
  /// `--force-recreate`, `--no-recreate`.
  package var recreate = Recreate.diverged
  /// `--always-recreate-deps`.
  package var alwaysRecreatesDependencies = false
  /// `-V`: anonymous volumes are not carried over.
  package var renewsAnonymousVolumes = false
  package var removesOrphans = false
  /// `COMPOSE_IGNORE_ORPHANS`: they are not told.
  package var ignoresOrphans = false
  /// `--scale`.
  package var scale: [String: Int] = [:]
  /// `-t`: seconds for stopping.
  package var stopTimeoutSeconds: Int?
  /// `--no-start`.
  package var startsContainers = true
  /// `--pull`; nil: each service's own policy.
  package var pull: Pull?
  package var build = Build.asNeeded
  /// Seconds since 1970, for pull policies with an interval; nil: an image that is there is never too old.
  package var nowSeconds: Int?
  package var gate = Gate.started
  /// Images of a revision that is brought back, by service: these are used whatever the tags say now.
  package var pinnedImages: [String: String] = [:]
  /// What the label `slipway.contents` of a service's containers should say, by service.
  package var contents: [String: String] = [:]
  /// Containers with other contents are replaced; else it is only told (as Docker Compose, which does not look).
  package var replacesOnContent = false
  /// Files of this machine that are brought to the server, by their path here; empty for an engine on this machine.
  package var mountedFiles: [String: MountedFile] = [:]
  /// What was adopted as it ran, and counts as made from the model.
  package var adopted = AdoptedHashes()
  /// Services whose image this operation has built already; its absence is not an error.
  package var builtServices: Set<String> = []

  package init() {}
}

/// A file or folder that services mount and that a deploy brings to the server.
package struct MountedFile: Hashable, Sendable {
  /// Where it is for the engine.
  package var path: String
  /// As people know it: from the project folder on.
  package var name: String
  /// Of its content; nil for what services write to, which is never replaced.
  package var digest: String?
  /// What of it is not on the server yet, in words; nil: nothing.
  package var change: String?

  package init(path: String, name: String, digest: String? = nil, change: String? = nil) {
    self.path = path
    self.name = name
    self.digest = digest
    self.change = change
  }
}

/// Why no plan can be made; nothing has been changed.
package struct PlanProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  package var remedy: String

  package init(_ message: String, fix remedy: String) {
    self.message = message
    self.remedy = remedy
  }

  package var description: String { "\(message)\n  fix: \(remedy)" }
}

package struct PlanProblems: Error, Hashable, Sendable, CustomStringConvertible {
  package var problems: [PlanProblem]

  package init(_ problems: [PlanProblem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
