/// What `x-slipway` and the labels `slipway.*` of a project say: settings of ours that Compose has no word for.
///
/// Checked when the files are loaded; no part of the canonical model of services, and so of no config hash.
package struct SlipwayExtension: Hashable, Sendable {
  /// Names of the servers that the stack is deployed to, in this order; empty: the one at hand.
  package var servers: [String] = []
  package var autoUpdate: AutoUpdate?
  package var gate: ScanGate?
  /// By name in the file; a service without settings is absent.
  package var services: [String: ServiceSettings] = [:]
  /// By key in the file; a volume without settings is absent.
  package var volumes: [String: VolumeSettings] = [:]

  package struct ServiceSettings: Hashable, Sendable {
    package var autoUpdate: AutoUpdate?
    package var update: UpdateRules?
    package var allowsOverlap: Bool?
    package var isSingleton: Bool?
    package var backup: Backup?
    package var gate: ScanGate?
  }

  package struct VolumeSettings: Hashable, Sendable {
    /// Never offered for removal as an orphan.
    package var isKept: Bool?
    package var backup: Backup?
  }

  /// When and how a newer image is deployed. What is nil is left to the level above.
  package struct AutoUpdate: Hashable, Sendable {
    package enum Strategy: String, Sendable { case manual, automatic, canary, blueGreen = "blue-green" }
    package var isEnabled: Bool?
    package var strategy: Strategy?
    /// Five cron fields.
    package var schedule: String?
    package var rollsBackOnFailure: Bool?
    package var healthCheckTimeout: Duration?
  }

  /// Which versions of an image are offered.
  package struct UpdateRules: Hashable, Sendable {
    package enum Policy: String, Sendable { case patch, minor, major }
    package var policy: Policy?
    package var include: String?
    package var exclude: String?
    package var allowsPrerelease: Bool?
    package var track: String?
    package var maximumMajorStep: Int?
    package var minimumAge: Duration?
    package var ignoredTags: [String]
    /// `YYYY-MM-DD`.
    package var snoozedUntil: String?
  }

  package struct Backup: Hashable, Sendable {
    package enum Mode: String, Sendable { case live, pause, stop, dump, dumpAndVolume = "dump+volume" }
    package var mode: Mode?
    /// What writes the dump to its standard output; nil: none.
    package var command: [String]?
    package var before: BackupHook?
    package var after: BackupHook?
  }

  package struct BackupHook: Hashable, Sendable {
    /// nil: the service that has the hook.
    package var service: String?
    package var command: [String]
    package var user: String?
    package var timeout: Duration?
    package var ignoresFailure: Bool
  }

  /// What an image scan must find to block a deploy; only ever stricter than the server's.
  package struct ScanGate: Hashable, Sendable {
    package enum Severity: String, Sendable { case critical, high, medium, low }
    package enum Reaction: String, Sendable { case warn, block }
    package var severity: Severity?
    package var cvss: Double?
    package var countsOnlyFixable: Bool?
    package var olderThan: Duration?
    /// As many findings may be there.
    package var allowed: Int?
    package var isRelative: Bool?
    package var endOfLife: Reaction?
    package var unscanned: Reaction?
  }
}

extension SlipwayExtension {
  /// From values that `SlipwaySchema` has judged; what it refused is nil.
  init(project: ComposeValue?) {
    let reader = CanonicalReader(project, at: SlipwaySchema.key)
    servers = reader.texts("servers")
    autoUpdate = reader.object("auto_update").map(AutoUpdate.init)
    gate = reader.object("gate").map(ScanGate.init)
  }
}

extension SlipwayExtension.ServiceSettings {
  init(_ reader: CanonicalReader) {
    autoUpdate = reader.object("auto_update").map(SlipwayExtension.AutoUpdate.init)
    update = reader.object("update").map(SlipwayExtension.UpdateRules.init)
    allowsOverlap = reader.object("deploy")?.text("overlap").map { $0 == "allow" }
    isSingleton = reader.object("deploy")?.flagIfGiven("singleton")
    backup = reader.object("backup").map(SlipwayExtension.Backup.init)
    gate = reader.object("gate").map(SlipwayExtension.ScanGate.init)
  }
}

extension SlipwayExtension.VolumeSettings {
  init(_ reader: CanonicalReader) {
    isKept = reader.flagIfGiven("keep")
    backup = reader.object("backup").map(SlipwayExtension.Backup.init)
  }
}

extension SlipwayExtension.AutoUpdate {
  init(_ reader: CanonicalReader) {
    isEnabled = reader.flagIfGiven("enabled")
    strategy = reader.text("strategy").flatMap(Strategy.init(rawValue:))
    schedule = reader.text("schedule")
    rollsBackOnFailure = reader.flagIfGiven("rollback_on_failure")
    healthCheckTimeout = reader.duration("health_check_timeout")
  }
}

extension SlipwayExtension.UpdateRules {
  init(_ reader: CanonicalReader) {
    policy = reader.text("policy").flatMap(Policy.init(rawValue:))
    include = reader.text("include")
    exclude = reader.text("exclude")
    allowsPrerelease = reader.flagIfGiven("allow_prerelease")
    track = reader.text("track")
    maximumMajorStep = reader.integer("max_major_step")
    minimumAge = reader.duration("min_age")
    ignoredTags = reader.texts("ignore")
    snoozedUntil = reader.text("snooze_until").map { String($0.prefix(10)) }
  }
}

extension SlipwayExtension.Backup {
  init(_ reader: CanonicalReader) {
    mode = reader.text("mode").flatMap(Mode.init(rawValue:))
    command = reader.words("command") ?? reader.text("command").flatMap(ShellWords.split)
    before = reader.object("pre_exec").map(SlipwayExtension.BackupHook.init)
    after = reader.object("post_exec").map(SlipwayExtension.BackupHook.init)
  }
}

extension SlipwayExtension.BackupHook {
  init(_ reader: CanonicalReader) {
    service = reader.text("service")
    command = reader.texts("command")
    user = reader.text("user")
    timeout = reader.duration("timeout")
    ignoresFailure = reader.text("on_error") == "ignore"
  }
}

extension SlipwayExtension.ScanGate {
  init(_ reader: CanonicalReader) {
    severity = reader.text("severity").flatMap(Severity.init(rawValue:))
    cvss = reader.fraction("cvss")
    countsOnlyFixable = reader.flagIfGiven("fixable_only")
    olderThan = reader.duration("older_than")
    allowed = reader.integer("allowed")
    isRelative = reader.flagIfGiven("relative")
    endOfLife = reader.text("eol").flatMap(Reaction.init(rawValue:))
    unscanned = reader.text("unscanned").flatMap(Reaction.init(rawValue:))
  }
}
