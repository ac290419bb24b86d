/// The shape of a service. The order of parts is the one that Docker Compose hashes in.
enum ServiceShape {
  static let service = ObjectShape(
    parts + [
      ObjectShape.Part("pre_start", .list(.object(preStartHook))),
      ObjectShape.Part("post_start", .list(.object(hook))),
      ObjectShape.Part("pre_stop", .list(.object(hook))),
      ObjectShape.Part("profiles", .texts),
    ])

  private static let parts = [
    ObjectShape.Part("annotations", .textMap),
    ObjectShape.Part("attach", .tristate),
    ObjectShape.Part("build", .object(build)),
    ObjectShape.Part("develop", .object(develop)),
    ObjectShape.Part("blkio_config", .object(blkio)),
    ObjectShape.Part("cap_add", .texts),
    ObjectShape.Part("cap_drop", .texts),
    ObjectShape.Part("cgroup_parent", .text),
    ObjectShape.Part("cgroup", .text),
    ObjectShape.Part("cpu_count", .integer),
    ObjectShape.Part("cpu_percent", .fraction),
    ObjectShape.Part("cpu_period", .integer),
    ObjectShape.Part("cpu_quota", .integer),
    ObjectShape.Part("cpu_rt_period", .integer),
    ObjectShape.Part("cpu_rt_runtime", .integer),
    ObjectShape.Part("cpus", .fraction),
    ObjectShape.Part("cpuset", .text),
    ObjectShape.Part("cpu_shares", .integer),
    ObjectShape.Part("command", .words, whenAbsent: .null),
    ObjectShape.Part("configs", .list(.object(fileMount))),
    ObjectShape.Part("container_name", .text),
    ObjectShape.Part(
      "credential_spec", .object(ObjectShape(["config": .text, "file": .text, "registry": .text]))),
    ObjectShape.Part("depends_on", .map(.object(dependency))),
    ObjectShape.Part("deploy", .object(DeployShape.deploy)),
    ObjectShape.Part("device_cgroup_rules", .texts),
    ObjectShape.Part("devices", .list(.object(device))),
    ObjectShape.Part("dns", .texts),
    ObjectShape.Part("dns_opt", .texts),
    ObjectShape.Part("dns_search", .texts),
    ObjectShape.Part("domainname", .text),
    ObjectShape.Part("entrypoint", .words, whenAbsent: .null),
    ObjectShape.Part("provider", .object(ObjectShape(["type": .text, "options": .textLists]))),
    ObjectShape.Part("environment", .environment),
    ObjectShape.Part("env_file", .list(.object(environmentFile))),
    ObjectShape.Part("expose", .texts),
    ObjectShape.Part("external_links", .texts),
    ObjectShape.Part("extra_hosts", .hosts),
    ObjectShape.Part("group_add", .texts),
    ObjectShape.Part("gpus", .list(.object(DeployShape.deviceRequest))),
    ObjectShape.Part("hostname", .text),
    ObjectShape.Part("healthcheck", .object(healthcheck)),
    ObjectShape.Part("image", .text),
    ObjectShape.Part("init", .tristate),
    ObjectShape.Part("ipc", .text),
    ObjectShape.Part("isolation", .text),
    ObjectShape.Part("labels", .textMap),
    ObjectShape.Part("label_file", .texts),
    ObjectShape.Part("links", .texts),
    ObjectShape.Part("logging", .object(ObjectShape(["driver": .text, "options": .textMap]))),
    ObjectShape.Part("mem_limit", .bytes),
    ObjectShape.Part("mem_reservation", .bytes),
    ObjectShape.Part("memswap_limit", .bytes),
    ObjectShape.Part("mem_swappiness", .bytes),
    ObjectShape.Part("mac_address", .text),
    ObjectShape.Part("models", .map(.object(ObjectShape(["endpoint_var": .text, "model_var": .text])))),
    ObjectShape.Part("network_mode", .text),
    ObjectShape.Part("networks", .map(.object(attachment))),
    ObjectShape.Part("oom_kill_disable", .flag),
    ObjectShape.Part("oom_score_adj", .integer),
    ObjectShape.Part("pid", .text),
    ObjectShape.Part("pids_limit", .integer),
    ObjectShape.Part("platform", .text),
    ObjectShape.Part("ports", .list(.object(port))),
    ObjectShape.Part("privileged", .flag),
    ObjectShape.Part("pull_policy", .text),
    ObjectShape.Part("pull_refresh_after", .text),
    ObjectShape.Part("read_only", .flag),
    ObjectShape.Part("restart", .text),
    ObjectShape.Part("runtime", .text),
    ObjectShape.Part("scale", .count),
    ObjectShape.Part("secrets", .list(.object(fileMount))),
    ObjectShape.Part("security_opt", .texts),
    ObjectShape.Part("shm_size", .bytes),
    ObjectShape.Part("stdin_open", .flag),
    ObjectShape.Part("stop_grace_period", .duration),
    ObjectShape.Part("stop_signal", .text),
    ObjectShape.Part("storage_opt", .textMap),
    ObjectShape.Part("sysctls", .textMap),
    ObjectShape.Part("tmpfs", .texts),
    ObjectShape.Part("tty", .flag),
    ObjectShape.Part("ulimits", .map(.ulimit)),
    ObjectShape.Part("use_api_socket", .flag),
    ObjectShape.Part("user", .text),
    ObjectShape.Part("userns_mode", .text),
    ObjectShape.Part("uts", .text),
    ObjectShape.Part("volumes", .list(.object(volumeMount))),
    ObjectShape.Part("volumes_from", .texts),
    ObjectShape.Part("working_dir", .text),
  ]

  /// Attributes of a plain container that a pre_start hook takes over from its service.
  static let inheritedByPreStart: Set<String> = [
    "annotations", "blkio_config", "cap_add", "cap_drop", "cgroup_parent", "cgroup", "cpu_count", "cpu_percent",
    "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpus", "cpuset", "cpu_shares", "configs",
    "credential_spec", "device_cgroup_rules", "devices", "dns", "dns_opt", "dns_search", "domainname", "entrypoint",
    "environment", "env_file", "extra_hosts", "group_add", "gpus", "hostname", "image", "init", "ipc", "isolation",
    "labels", "label_file", "logging", "mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "mac_address",
    "models", "network_mode", "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit", "platform",
    "privileged", "pull_policy", "pull_refresh_after", "read_only", "runtime", "secrets", "security_opt", "shm_size",
    "stop_grace_period", "stop_signal", "storage_opt", "sysctls", "tmpfs", "ulimits", "use_api_socket", "user",
    "userns_mode", "uts", "volumes_from", "working_dir",
  ]

  static let preStartHook: ObjectShape = {
    let own = inheritedByPreStart.union(["command", "volumes"])
    return ObjectShape(
      parts.filter { own.contains($0.key) } + [ObjectShape.Part("per_replica", .flag)])
  }()

  static let hook = ObjectShape([
    ObjectShape.Part("command", .words, whenAbsent: .null),
    ObjectShape.Part("user", .text),
    ObjectShape.Part("privileged", .flag),
    ObjectShape.Part("working_dir", .text),
    ObjectShape.Part("environment", .environment),
  ])

  static let port = ObjectShape([
    "name": .text, "mode": .text, "host_ip": .text, "target": .integer, "published": .text, "protocol": .text,
    "app_protocol": .text,
  ])

  static let attachment = ObjectShape([
    "aliases": .texts, "driver_opts": .textMap, "gw_priority": .integer, "interface_name": .text,
    "ipv4_address": .text, "ipv6_address": .text, "link_local_ips": .texts, "mac_address": .text, "priority": .integer,
  ])

  static let volumeMount = ObjectShape([
    "type": .text, "source": .text, "target": .text, "read_only": .flag, "consistency": .text,
    "bind": .object(
      ObjectShape(["selinux": .text, "propagation": .text, "create_host_path": .optOut, "recursive": .text])),
    "volume": .object(ObjectShape(["labels": .textMap, "nocopy": .flag, "subpath": .text])),
    "tmpfs": .object(ObjectShape(["size": .bytes, "mode": .natural(upTo: Int(UInt32.max))])),
    "image": .object(ObjectShape(["subpath": .text])),
  ])

  private static let fileMount = ObjectShape([
    "source": .text, "target": .text, "uid": .text, "gid": .text, "mode": .fileMode,
  ])

  private static let device = ObjectShape(["source": .text, "target": .text, "permissions": .text])

  private static let dependency = ObjectShape([
    ObjectShape.Part("condition", .text), ObjectShape.Part("restart", .flag),
    ObjectShape.Part("required", .tristate, whenAbsent: .bool(false)),
  ])

  private static let environmentFile = ObjectShape(["path": .text, "required": .optOut, "format": .text])

  private static let healthcheck = ObjectShape([
    "test": .texts, "timeout": .duration, "interval": .duration, "retries": .count, "start_period": .duration,
    "start_interval": .duration, "disable": .flag,
  ])

  private static let blkioWeight = Shape.natural(upTo: Int(UInt16.max))

  private static let blkio: ObjectShape = {
    let weight = ObjectShape([
      ObjectShape.Part("path", .text, as: "Path", whenAbsent: .string("")),
      ObjectShape.Part("weight", blkioWeight, as: "Weight", whenAbsent: .int(0)),
    ])
    let rate = ObjectShape([
      ObjectShape.Part("path", .text, as: "Path", whenAbsent: .string("")),
      ObjectShape.Part("rate", .bytes, as: "Rate", whenAbsent: .string("0")),
    ])
    return ObjectShape([
      "weight": blkioWeight, "weight_device": .list(.object(weight)), "device_read_bps": .list(.object(rate)),
      "device_read_iops": .list(.object(rate)), "device_write_bps": .list(.object(rate)),
      "device_write_iops": .list(.object(rate)),
    ])
  }()

  private static let build = ObjectShape([
    "context": .text, "dockerfile": .text, "dockerfile_inline": .text, "entitlements": .texts, "args": .environment,
    "provenance": .text, "sbom": .text, "ssh": .texts, "labels": .textMap, "cache_from": .texts, "cache_to": .texts,
    "no_cache": .flag, "no_cache_filter": .texts, "additional_contexts": .textMap, "pull": .flag,
    "extra_hosts": .hosts, "isolation": .text, "network": .text, "target": .text, "secrets": .list(.object(fileMount)),
    "shm_size": .bytes, "tags": .texts, "ulimits": .map(.ulimit), "platforms": .texts, "privileged": .flag,
  ])

  private static let develop = ObjectShape([
    "watch": .list(
      .object(
        ObjectShape([
          ObjectShape.Part("path", .text), ObjectShape.Part("action", .text), ObjectShape.Part("target", .text),
          ObjectShape.Part("exec", .object(hook), whenAbsent: .map(ComposeMap([("command", .null)]))),
          ObjectShape.Part("include", .texts), ObjectShape.Part("ignore", .texts),
          ObjectShape.Part("initial_sync", .flag),
        ])))
  ])
}

/// The shape of `deploy`.
enum DeployShape {
  static let deploy = ObjectShape([
    ObjectShape.Part("mode", .text),
    ObjectShape.Part("replicas", .count),
    ObjectShape.Part("labels", .textMap),
    ObjectShape.Part("update_config", .object(update)),
    ObjectShape.Part("rollback_config", .object(update)),
    ObjectShape.Part("resources", .object(resources), whenAbsent: .map(ComposeMap())),
    ObjectShape.Part(
      "restart_policy",
      .object(ObjectShape(["condition": .text, "delay": .duration, "max_attempts": .count, "window": .duration]))),
    ObjectShape.Part("placement", .object(placement), whenAbsent: .map(ComposeMap())),
    ObjectShape.Part("endpoint_mode", .text),
  ])

  static let deviceRequest = ObjectShape([
    "capabilities": .texts, "driver": .text, "count": .deviceCount, "device_ids": .texts, "options": .textMap,
  ])

  private static let update = ObjectShape([
    "parallelism": .count, "delay": .span, "failure_action": .text, "monitor": .span, "max_failure_ratio": .fraction,
    "order": .text,
  ])

  private static let resource = ObjectShape([
    "cpus": .fraction, "memory": .bytes, "pids": .integer, "devices": .list(.object(deviceRequest)),
    "generic_resources": .list(
      .object(ObjectShape(["discrete_resource_spec": .object(ObjectShape(["kind": .text, "value": .count]))]))),
  ])

  private static let resources = ObjectShape(["limits": .object(resource), "reservations": .object(resource)])

  private static let placement = ObjectShape([
    "constraints": .texts, "preferences": .list(.object(ObjectShape(["spread": .text]))),
    "max_replicas_per_node": .integer,
  ])
}
