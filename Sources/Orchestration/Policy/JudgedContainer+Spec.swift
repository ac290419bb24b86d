import ComposeFile
import DockerEngine
import StackPlanning

/// An engine request as the policy sees it: what the file says cannot differ from what is asked for (S-AZ-5).
extension JudgedContainer {
  /// - Parameters:
  ///   - paths: where the engine has files that Slipway brought there, to where they are in the stack's folder.
  ///   - own: containers of the stack that Slipway itself shares volumes of.
  init(_ spec: ContainerSpec, service: String, stack: String, paths: [String: String], own: Set<String>) {
    self.init(service: service, stack: stack)
    let host = spec.hostConfig
    isPrivileged = host.isPrivileged
    for bind in host.binds {
      // Paths of the host have no colon: the engine parts at the first.
      let source = String(bind.prefix { $0 != ":" })
      if source.hasPrefix("/") { binds.append(Bind(source: paths[source] ?? source)) } else { volumes.append(source) }
    }
    for mount in host.mounts {
      switch mount.kind {
      case "bind", "npipe": binds.append(Bind(source: paths[mount.source] ?? mount.source))
      case "volume":
        if !mount.source.isEmpty { volumes.append(mount.source) }
        if let driver = mount.volumeOptions?.driverConfig, !["", "local"].contains(driver.name) || !driver.options.isEmpty {
          carriers.append("volumes")
        }
      case "tmpfs", "image": break
      default: carriers.append("volumes")
      }
    }
    networks = spec.networkingConfig.endpoints.keys.sorted()
    networkMode = networks.contains(host.networkMode) ? "" : host.networkMode
    (pid, ipc, uts) = (host.pidMode, host.ipcMode, host.utsMode)
    (userNamespace, cgroupNamespace) = (host.userNamespaceMode, host.cgroupNamespaceMode)
    capabilities = host.addedCapabilities
    devices = host.devices.map(\.pathOnHost)
    deviceCgroupRules = host.deviceCgroupRules
    hasDeviceRequests = !host.deviceRequests.isEmpty
    sysctls = host.sysctls.keys.sorted()
    securityOptions = host.securityOptions
    cgroupParent = host.cgroupParent
    isOOMKillDisabled = host.isOOMKillDisabled ?? false
    volumesFrom = host.volumesFrom.filter { !own.contains(String($0.prefix { $0 != ":" })) }.map { "container:\($0)" }
    runtime = host.runtime
    logDriver = host.logConfig.driver
  }
}
