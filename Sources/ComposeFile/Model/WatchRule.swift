/// What a change of files does to a service's containers: an entry of `services.*.develop.watch` (Compose Develop Specification).
package struct WatchRule: Hashable, Sendable {
  package enum Action: String, Sendable {
    case rebuild, sync, restart
    case syncAndRestart = "sync+restart"
    case syncAndExecute = "sync+exec"

    package var copies: Bool { self == .sync || self == .syncAndRestart || self == .syncAndExecute }
  }

  package var action: Action
  /// Absolute; a file or a folder.
  package var path: String
  /// In the container; only where files are copied.
  package var target: String?
  /// Patterns in the form of `.dockerignore`, from `path`.
  package var ignored: [String]
  /// Only what matches one of these counts; empty: everything.
  package var included: [String]
  /// Copies when the watch begins.
  package var syncsFirst: Bool
  package var command: Hook?
}

extension Service {
  package var watchRules: [WatchRule] {
    let develop = CanonicalReader(canonical["develop"], at: "services.\(name).develop")
    return develop.objects("watch").compactMap { entry in
      guard let path = entry.text("path"), let action = entry.text("action").flatMap(WatchRule.Action.init) else { return nil }
      let command = entry.object("exec").flatMap { $0.words("command") == nil ? nil : Hook(decoding: $0) }
      return WatchRule(
        action: action, path: path, target: entry.text("target"), ignored: entry.texts("ignore"),
        included: entry.texts("include"), syncsFirst: entry.flag("initial_sync"), command: command)
    }
  }
}
