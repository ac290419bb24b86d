import ComposeFile
import DockerEngine

extension ContainerReading {
  // MARK: Rights

  func addRights(to map: inout ComposeMap) {
    if host.isPrivileged { map["privileged"] = .bool(true) }
    if host.hasReadOnlyRoot { map["read_only"] = .bool(true) }
    map.set("cap_add", host.addedCapabilities.map(Self.capability).sorted())
    map.set("cap_drop", host.droppedCapabilities.map(Self.capability).sorted())
    // The engine adds it by itself where a container is not confined anyway.
    let isUnconfined = host.isPrivileged || host.ipcMode == "host" || host.pidMode == "host"
    map.set("security_opt", host.securityOptions.filter { !(isUnconfined && $0 == "label=disable") }.sorted())
    map.set("group_add", host.addedGroups)
    map.set("annotations", host.annotations)
    map.set("sysctls", host.sysctls)
    map.set("storage_opt", host.storageOptions)
    if !host.logConfig.options.isEmpty || !["", defaults.logDriver].contains(host.logConfig.driver) {
      var logging = ComposeMap()
      let usual = form == .comparison ? defaults.logDriver : ""
      logging.set("driver", host.logConfig.driver.isEmpty ? usual : host.logConfig.driver)
      logging.set("options", host.logConfig.options)
      map.set("logging", logging)
    }
    map.set("device_cgroup_rules", host.deviceCgroupRules)
    addDevices(to: &map)
  }

  private static func capability(_ name: String) -> String {
    let name = name.uppercased()
    return name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name
  }

  private func addDevices(to map: inout ComposeMap) {
    map.set(
      "devices", host.devices.map { "\($0.pathOnHost):\($0.pathInContainer):\($0.permissions.isEmpty ? "rwm" : $0.permissions)" })
    map.set(
      "gpus",
      host.deviceRequests.map { request -> ComposeValue in
        var entry = ComposeMap()
        entry.set("capabilities", request.capabilities.first ?? [])
        entry.set("driver", request.driver)
        if request.deviceIDs.isEmpty { entry["count"] = .int(request.count) }
        entry.set("device_ids", request.deviceIDs)
        entry.set("options", request.options)
        return .map(entry)
      })
  }

  // MARK: Namespaces

  func addNamespaces(to map: inout ComposeMap) {
    map.set("pid", names.joined(host.pidMode))
    if host.ipcMode != "private" { map.set("ipc", names.joined(host.ipcMode)) }
    map.set("uts", host.utsMode)
    map.set("userns_mode", host.userNamespaceMode)
    if host.cgroupNamespaceMode != defaults.cgroupNamespace { map.set("cgroup", host.cgroupNamespaceMode) }
    map.set("cgroup_parent", host.cgroupParent)
    if host.isolation != "default" { map.set("isolation", host.isolation) }
    if host.runtime != defaults.runtime { map.set("runtime", host.runtime) }
    if host.sharedMemoryBytes != defaults.sharedMemoryBytes { map.set("shm_size", host.sharedMemoryBytes) }
  }

  // MARK: Resources

  func addResources(to map: inout ComposeMap) {
    map.set("cpu_count", host.cpuCount)
    if host.cpuPercent != 0 { map["cpu_percent"] = .int(Int(host.cpuPercent)) }
    map.set("cpu_period", host.cpuPeriodMicroseconds)
    map.set("cpu_quota", host.cpuQuotaMicroseconds)
    map.set("cpu_rt_period", host.cpuRealtimePeriodMicroseconds)
    map.set("cpu_rt_runtime", host.cpuRealtimeRuntimeMicroseconds)
    map.set("cpu_shares", host.cpuShares)
    if host.nanoCPUs != 0 { map["cpus"] = .double(Double(host.nanoCPUs) / 1e9) }
    map.set("cpuset", host.cpusetCPUs)
    map.set("mem_limit", host.memoryBytes)
    map.set("mem_reservation", host.memoryReservationBytes)
    // Twice the memory is what the engine chooses by itself, and -1 what it makes of any where the kernel does not limit swap.
    let swap = host.memorySwapBytes
    if swap != 2 * host.memoryBytes, swap > 0 || defaults.limitsSwap { map.set("memswap_limit", swap) }
    if let swappiness = host.memorySwappiness, swappiness >= 0 { map["mem_swappiness"] = .int(Int(swappiness)) }
    if host.isOOMKillDisabled == true { map["oom_kill_disable"] = .bool(true) }
    map.set("oom_score_adj", Int64(host.oomScoreAdjustment))
    if let limit = host.pidsLimit, limit > 0 { map["pids_limit"] = .int(Int(limit)) }
    map.set(
      "ulimits",
      ComposeMap(
        host.ulimits.sorted { $0.name < $1.name }.map { limit -> (String, ComposeValue) in
          if limit.soft == limit.hard { return (limit.name, .int(Int(limit.soft))) }
          return (limit.name, .map(ComposeMap([("soft", .int(Int(limit.soft))), ("hard", .int(Int(limit.hard)))])))
        }))
    addBlockIO(to: &map)
  }

  private func addBlockIO(to map: inout ComposeMap) {
    func rates(_ devices: [ThrottleDevice]) -> [ComposeValue] {
      devices.map { .map(ComposeMap([("path", .string($0.path)), ("rate", .int(Int(clamping: $0.rate)))])) }
    }
    var blkio = ComposeMap()
    if host.blockIOWeight != 0 { blkio["weight"] = .int(host.blockIOWeight) }
    blkio.set(
      "weight_device",
      host.blockIOWeightDevices.map { .map(ComposeMap([("path", .string($0.path)), ("weight", .int($0.weight))])) })
    blkio.set("device_read_bps", rates(host.blockIOReadRates))
    blkio.set("device_write_bps", rates(host.blockIOWriteRates))
    blkio.set("device_read_iops", rates(host.blockIOReadOperations))
    blkio.set("device_write_iops", rates(host.blockIOWriteOperations))
    map.set("blkio_config", blkio)
  }
}
