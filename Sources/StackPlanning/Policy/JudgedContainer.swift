package import ComposeFile

/// What the policy looks at in a container, whether a compose file or an engine request asks for it: both are judged alike
/// (S-AZ-5).
package struct JudgedContainer: Hashable, Sendable {
  /// A path of the host, and the attribute that names it.
  package struct Bind: Hashable, Sendable {
    package var source: String
    package var attribute: String
    /// What finds the item in the file.
    package var item: String

    package init(source: String, attribute: String = "volumes", item: String = "") {
      self.source = source
      self.attribute = attribute
      self.item = item
    }
  }

  package var service: String
  package var stack: String
  /// The attribute of the service that makes it a container of its own, as `pre_start`; empty: it is the service's own.
  package var part = ""
  package var isPrivileged = false
  /// Attributes of hooks that run with all rights.
  package var privilegedHooks: [String] = []
  package var binds: [Bind] = []
  /// Names of volumes in the engine.
  package var volumes: [String] = []
  /// What the file calls a volume or a network of the engine.
  package var keys: [String: String] = [:]
  package var networkMode = ""
  /// Names of networks in the engine.
  package var networks: [String] = []
  package var pid = ""
  package var ipc = ""
  package var uts = ""
  package var userNamespace = ""
  package var cgroupNamespace = ""
  package var capabilities: [String] = []
  package var devices: [String] = []
  package var deviceCgroupRules: [String] = []
  /// Requests for GPUs and the like.
  package var hasDeviceRequests = false
  package var sysctls: [String] = []
  package var securityOptions: [String] = []
  package var cgroupParent = ""
  package var isOOMKillDisabled = false
  package var volumesFrom: [String] = []
  package var runtime = ""
  package var logDriver = ""
  /// Attributes that bring rights or programs by themselves: `credential_spec`, `use_api_socket`, `provider`.
  package var carriers: [String] = []

  package init(service: String, stack: String) {
    self.service = service
    self.stack = stack
  }

  /// A service as the canonical model has it: variables, overrides, `extends`, profiles and anchors are all in it (AB-E4).
  package init(_ service: Service, in project: Project) {
    self.init(service: service.name, stack: project.name)
    isPrivileged = service.isPrivileged
    for (attribute, hooks) in [("post_start", service.postStart), ("pre_stop", service.preStop)] {
      if hooks.contains(where: \.isPrivileged) { privilegedHooks.append(attribute) }
    }
    for mount in service.volumes {
      switch mount.kind {
      case .bind, .npipe:
        binds.append(Bind(source: mount.source ?? "", item: mount.target))
      case .volume:
        guard let key = mount.source else { break }
        let name = project.volumes[key]?.name ?? key
        volumes.append(name)
        keys[name] = key
      case .cluster: carriers.append("volumes")
      case .tmpfs, .image: break
      }
    }
    // Docker mounts the file of a secret or config from the host: another way to a socket.
    for (section, mounts, objects) in [
      ("secrets", service.secrets, project.secrets), ("configs", service.configs, project.configs),
    ] {
      for mount in mounts {
        guard case .file(let path)? = objects[mount.source]?.source else { continue }
        binds.append(Bind(source: path, attribute: section, item: mount.source))
      }
    }
    networkMode = service.networkMode ?? ""
    networks = service.networks.keys.sorted().compactMap { project.networks[$0]?.name }
    for key in service.networks.keys { if let name = project.networks[key]?.name { keys[name] = key } }
    pid = service.pid ?? ""
    ipc = service.ipc ?? ""
    uts = service.uts ?? ""
    userNamespace = service.usernsMode ?? ""
    cgroupNamespace = service.cgroup ?? ""
    capabilities = service.capAdd
    devices = service.devices.map(\.source)
    deviceCgroupRules = service.deviceCgroupRules
    hasDeviceRequests =
      !service.gpus.isEmpty || service.deploy?.reservations?.devices.isEmpty == false
      || service.deploy?.limits?.devices.isEmpty == false
    sysctls = service.sysctls.keys.sorted()
    securityOptions = service.securityOptions
    cgroupParent = service.cgroupParent ?? ""
    isOOMKillDisabled = service.isOOMKillDisabled
    volumesFrom = service.volumesFrom
    runtime = service.runtime ?? ""
    logDriver = service.logging?.driver ?? ""
    if service.credentialSpec != nil { carriers.append("credential_spec") }
    if service.useAPISocket { carriers.append("use_api_socket") }
    if service.isProvider { carriers.append("provider") }
  }
}

/// A volume that is to be made.
package struct JudgedVolume: Hashable, Sendable {
  /// In the engine.
  package var name: String
  package var driver: String
  package var options: [String: String]

  package init(name: String, driver: String, options: [String: String]) {
    self.name = name
    self.driver = driver
    self.options = options
  }
}
