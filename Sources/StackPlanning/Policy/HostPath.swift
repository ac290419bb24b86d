import ComposeFile

/// What a path of the host gives to who mounts it.
struct HostPath {
  /// What it is when it must not be mounted without an admin's word.
  enum Reach: Hashable {
    /// It is the socket of an engine, or a folder that holds it.
    case engine(socket: String)
    /// It is one of the system's or Slipway's own, or outside of the allowed folders.
    case outside(reason: String)
  }

  let context: PolicyContext

  /// Where engines listen: Docker, containerd (its own and Docker's), Podman, CRI-O, BuildKit.
  private static let sockets = [
    "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/var/run/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock", "/var/run/docker/containerd/containerd.sock", "/run/podman/podman.sock",
    "/var/run/podman/podman.sock", "/run/crio/crio.sock", "/var/run/crio/crio.sock", "/run/buildkit/buildkitd.sock",
    "/var/run/buildkit/buildkitd.sock", "/run/user/0/docker.sock", "/run/user/0/podman/podman.sock",
  ]
  private static let socketNames: Set<String> = [
    "docker.sock", "containerd.sock", "docker-containerd.sock", "podman.sock", "crio.sock", "buildkitd.sock", "docker_engine",
  ]
  /// Of S-POL, POL-2; `/boot` and the engine's own data beside them.
  private static let system = ["/etc", "/proc", "/sys", "/dev", "/root", "/boot", "/var/lib/docker", "/var/lib/containerd"]

  /// Nil: the stack may mount it.
  func reach(of source: String) -> Reach? {
    // A named pipe of Windows.
    guard source.hasPrefix("/") else {
      let name = source.split { $0 == "\\" || $0 == "/" }.last.map(String.init) ?? ""
      return Self.socketNames.contains(name) ? .engine(socket: source) : .outside(reason: "is not a path of a Unix host")
    }
    // Both what the text says and where links lead to: the engine follows them.
    let plain = PathText.cleaned(source)
    var paths = [plain]
    for path in [source, plain] {
      if let real = context.resolvedPaths[path].map(PathText.cleaned), !paths.contains(real) { paths.append(real) }
    }
    for path in paths { if let socket = socket(at: path) { return .engine(socket: socket) } }
    for path in paths {
      if let reason = objection(to: path) {
        return .outside(reason: path == plain ? reason : "leads to \(path), which \(reason)")
      }
    }
    return nil
  }

  private func socket(at path: String) -> String? {
    if Self.socketNames.contains(PathText.lastComponent(of: path)) { return path }
    if let socket = (context.engineSockets + Self.sockets).first(where: { Self.holds(path, $0) }) { return socket }
    // The folder of any user's own engine.
    let parts = path.split(separator: "/")
    let isOfUser = parts.count == 3 && parts[0] == "run" && parts[1] == "user"
    return isOfUser || path.hasSuffix("/podman") && path.hasPrefix("/run/user/") ? "\(path)/docker.sock" : nil
  }

  /// Why a path that is no socket may not be mounted.
  private func objection(to path: String) -> String? {
    if path == "/" { return "is the whole file system" }
    if let own = context.ownFolder, Self.holds(own, path) { return nil }
    if let data = context.dataDirectories.first(where: { Self.holds($0, path) || Self.holds(path, $0) }) {
      return data == path || Self.holds(data, path) ? "is in Slipway's own data" : "holds Slipway's own data"
    }
    let roots = context.allowedRoots.map(PathText.cleaned).filter { Self.holds($0, path) }
    if let system = Self.system.first(where: { Self.holds($0, path) }) {
      // Only a folder within, which an admin has named by itself, is meant to be mounted.
      return roots.contains { Self.holds(system, $0) } ? nil : "is the system's own (\(system))"
    }
    return roots.isEmpty ? "is outside of the folders that stacks may mount" : nil
  }

  /// Whether `path` is `folder` or something in it.
  static func holds(_ folder: String, _ path: String) -> Bool {
    folder == path || folder == "/" || path.hasPrefix(folder + "/")
  }
}
