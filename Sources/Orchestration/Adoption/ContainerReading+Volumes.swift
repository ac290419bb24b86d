import ComposeFile
import DockerEngine
import StackPlanning

/// One mount as the engine was asked for it, in either of its two forms.
private struct Mount {
  var kind: String
  var source: String
  var target: String
  var isReadOnly = false
  var consistency = ""
  /// Of a short form: `z`, `Z`, `nocopy`, a propagation.
  var words: [String] = []
  var isShort = false
  var bind: MountBindOptions?
  var volume: MountVolumeOptions?
  var tmpfs: MountTmpfsOptions?
  var image: MountImageOptions?

  private static let propagations: Set<String> = ["private", "rprivate", "shared", "rshared", "slave", "rslave"]

  var selinux: String? { words.first { $0.lowercased() == "z" } }
  var propagation: String {
    // What the engine uses anyway.
    let chosen = bind?.propagation ?? words.first { Self.propagations.contains($0) } ?? ""
    return chosen == "rprivate" ? "" : chosen
  }
  var skipsCopy: Bool { volume?.skipsCopy ?? words.contains("nocopy") }
  /// Named by the engine.
  var isAnonymous: Bool {
    kind == "volume" && (source.isEmpty || VolumeName.isAnonymous(source))
  }
  /// As a bind mount of `/secrets` and `/configs` is asked for.
  var isPlainReadOnlyBind: Bool { kind == "bind" && !isShort && isReadOnly && (bind ?? MountBindOptions()) == MountBindOptions() }

  init(short text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    source = parts[0]
    target = parts.count > 1 ? parts[1] : ""
    words = parts.count > 2 ? parts[2].split(separator: ",").map(String.init) : []
    kind = source.hasPrefix("/") ? "bind" : "volume"
    isReadOnly = words.contains("ro")
    words.removeAll { $0 == "ro" || $0 == "rw" }
    isShort = true
  }

  init(_ spec: MountSpec) {
    kind = spec.kind
    source = spec.source
    target = spec.target
    isReadOnly = spec.isReadOnly
    consistency = spec.consistency
    bind = spec.bindOptions
    volume = spec.volumeOptions
    tmpfs = spec.tmpfsOptions
    image = spec.imageOptions
  }
}

extension ContainerReading {
  func addVolumes(to map: inout ComposeMap) {
    // The image declares a volume there by itself.
    let given = Set((image?.volumes ?? [:]).keys.map(StepRunner.place))
    var mounts = host.binds.map(Mount.init(short:)) + host.mounts.map(Mount.init(_:))
    let taken = Set(mounts.map { StepRunner.place($0.target) })
    for path in config.volumes.keys.sorted()
    where !given.contains(StepRunner.place(path)) && !taken.contains(StepRunner.place(path)) {
      var spec = MountSpec()
      spec.kind = "volume"
      spec.target = path
      mounts.append(Mount(spec))
    }
    mounts.removeAll { $0.isAnonymous && given.contains(StepRunner.place($0.target)) }
    switch form {
    case .comparison:
      map.set("volumes", ComposeMap(mounts.sorted { $0.target < $1.target }.map { (StepRunner.place($0.target), compared($0)) }))
      map.set("tmpfs", host.tmpfs)
    case .file:
      let files = mounts.filter(\.isPlainReadOnlyBind)
      map.set("volumes", mounts.filter { !$0.isPlainReadOnlyBind }.map(entry))
      map.set("secrets", files.filter { Self.isSecret($0) }.map { use($0, in: "/run/secrets/") })
      map.set("configs", files.filter { !Self.isSecret($0) }.map { use($0, in: "/") })
      map.set("tmpfs", host.tmpfs.sorted { $0.key < $1.key }.map { $0.value.isEmpty ? $0.key : "\($0.key):\($0.value)" })
    }
    map.set(
      "volumes_from",
      host.volumesFrom.map { source in
        let id = String(source.prefix { $0 != ":" })
        let owner = names.service(of: id) ?? "container:\(id)"
        // Docker Compose 5.6.1 leaves the access mode out.
        return form == .comparison ? owner : owner + source.dropFirst(id.count)
      })
  }

  /// The files that the container's secrets and configs come from, by their names in the model.
  func fileObjects() -> (secrets: [String: String], configs: [String: String]) {
    let files = host.mounts.map(Mount.init(_:)).filter(\.isPlainReadOnlyBind)
    func named(_ mounts: [Mount]) -> [String: String] {
      Dictionary(mounts.map { (names.fileKey($0.source), $0.source) }, uniquingKeysWith: { first, _ in first })
    }
    return (named(files.filter { Self.isSecret($0) }), named(files.filter { !Self.isSecret($0) }))
  }

  private static func isSecret(_ mount: Mount) -> Bool { mount.target.hasPrefix("/run/secrets/") }

  private func use(_ mount: Mount, in folder: String) -> ComposeValue {
    let name = names.fileKey(mount.source)
    let isUsual = mount.target == folder + name && Self.isSecret(mount)
    return isUsual ? .string(name) : .map(ComposeMap([("source", .string(name)), ("target", .string(mount.target))]))
  }

  private func source(_ mount: Mount) -> String {
    if mount.isAnonymous { return "" }
    return mount.kind == "volume" ? names.volumes[mount.source] ?? mount.source : mount.source
  }

  private func compared(_ mount: Mount) -> ComposeValue {
    var map = ComposeMap([("type", .string(mount.kind))])
    map.set("source", source(mount))
    if mount.isReadOnly { map["read_only"] = .bool(true) }
    map.set("propagation", mount.propagation)
    map.set("selinux", mount.selinux ?? "")
    if mount.skipsCopy { map["nocopy"] = .bool(true) }
    map.set("subpath", mount.volume?.subpath ?? mount.image?.subpath ?? "")
    map.set("size", mount.tmpfs?.sizeBytes ?? 0)
    map.set("mode", Int64(mount.tmpfs?.mode ?? 0))
    return .map(map)
  }

  private func entry(_ mount: Mount) -> ComposeValue {
    let source = source(mount)
    // One letter before a colon would be a Windows drive.
    let fitsShort = mount.isShort && mount.words.allSatisfy { $0.lowercased() == "z" } && source.utf8.count > 1
    if fitsShort {
      let words = (mount.isReadOnly ? ["ro"] : []) + mount.words
      return .string("\(source):\(mount.target)" + (words.isEmpty ? "" : ":" + words.joined(separator: ",")))
    }
    if mount.isAnonymous, mount.volume.map({ $0 == MountVolumeOptions() }) ?? true, !mount.isReadOnly {
      return .string(mount.target)
    }
    var map = ComposeMap([("type", .string(mount.kind))])
    map.set("source", source)
    map["target"] = .string(mount.target)
    if mount.isReadOnly { map["read_only"] = .bool(true) }
    map.set("consistency", mount.consistency)
    switch mount.kind {
    case "bind": addBind(mount, to: &map)
    case "volume":
      var options = ComposeMap()
      if mount.skipsCopy { options["nocopy"] = .bool(true) }
      options.set("subpath", mount.volume?.subpath ?? "")
      options.set("labels", mount.volume?.labels ?? [:])
      map.set("volume", options)
    case "tmpfs":
      var options = ComposeMap()
      options.set("size", mount.tmpfs?.sizeBytes ?? 0)
      options.set("mode", Int64(mount.tmpfs?.mode ?? 0))
      map.set("tmpfs", options)
    case "image":
      var options = ComposeMap()
      options.set("subpath", mount.image?.subpath ?? "")
      map.set("image", options)
    default: break
    }
    return .map(map)
  }

  private func addBind(_ mount: Mount, to map: inout ComposeMap) {
    var options = ComposeMap()
    options.set("propagation", mount.propagation)
    options.set("selinux", mount.selinux ?? "")
    if !mount.isShort, !(mount.bind?.createsMountpoint ?? false) { options["create_host_path"] = .bool(false) }
    if mount.bind?.isNonRecursive == true { options["recursive"] = .string("disabled") }
    if mount.bind?.isReadOnlyNonRecursive == true { options["recursive"] = .string("writable") }
    if mount.bind?.isReadOnlyForceRecursive == true { options["recursive"] = .string("readonly") }
    map.set("bind", options)
  }
}
