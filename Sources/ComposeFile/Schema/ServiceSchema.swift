/// The rules for one service. Source: `service`, `container_spec` and `workload_spec` of the Compose Specification's schema.
enum ServiceSchema {
  static let service = SchemaRule.object(
    ObjectRule(
      containerAttributes.merging(workloadAttributes) { $1 }.merging([
        "deploy": .optional(DeploySchema.deploy),
        "develop": .optional(develop),
        "profiles": .uniqueStrings,
        "restart": .string,
        "scale": .integerOrString,
        "attach": .booleanOrString,
        "container_name": .scalar(ScalarRule(.string, form: .containerName)),
        "provider": .object(
          ObjectRule(["type": .string, "options": .mapping(keys: .any, of: providerOption)], required: ["type"])),
        "extends": .either([
          .string,
          .object(ObjectRule(["service": .string, "file": .string], required: ["service"], takesExtensions: false)),
        ]),
        "links": .uniqueStrings,
        "external_links": .uniqueStrings,
        "pre_start": .list(of: preStartHook, areItemsUnique: false),
        "post_start": .list(of: hook, areItemsUnique: false),
        "pre_stop": .list(of: hook, areItemsUnique: false),
        SlipwaySchema.key: SlipwaySchema.service,
      ]) { $1 }))

  private static let providerOption = SchemaRule.either([
    .scalar(ScalarRule([.string, .number, .boolean])),
    .list(of: .scalar(ScalarRule([.string, .number, .boolean])), areItemsUnique: false),
  ])

  /// What a container is made from; a pre_start hook takes these too.
  private static let containerAttributes: [String: SchemaRule] = [
    "annotations": .pairs,
    "blkio_config": blkio,
    "cap_add": .uniqueStrings,
    "cap_drop": .uniqueStrings,
    "cgroup": .oneOf("host", "private"),
    "cgroup_parent": .string,
    "command": .words,
    "configs": fileMounts,
    "cpu_count": .scalar(ScalarRule([.string, .integer], range: 0...Int.max)),
    "cpu_percent": .scalar(ScalarRule([.string, .integer], range: 0...100)),
    "cpu_shares": .numberOrString,
    "cpu_quota": .numberOrString,
    "cpu_period": .numberOrString,
    "cpu_rt_period": .numberOrString,
    "cpu_rt_runtime": .numberOrString,
    "cpus": .numberOrString,
    "cpuset": .string,
    "credential_spec": .object(ObjectRule(["config": .string, "file": .string, "registry": .string])),
    "device_cgroup_rules": .uniqueStrings,
    "devices": .list(
      of: .either([
        .string,
        .object(ObjectRule(["source": .string, "target": .string, "permissions": .string], required: ["source"])),
      ]), areItemsUnique: false),
    "dns": .stringOrStrings,
    "dns_opt": .uniqueStrings,
    "dns_search": .stringOrStrings,
    "domainname": .string,
    "entrypoint": .words,
    "env_file": .either([
      .string,
      .list(
        of: .either([
          .string,
          .object(
            ObjectRule(
              ["path": .string, "format": .string, "required": .booleanOrString], required: ["path"],
              takesExtensions: false)),
        ]), areItemsUnique: false),
    ]),
    "label_file": .either([.string, .strings]),
    "environment": .pairs,
    "extra_hosts": extraHosts,
    "gpus": .either([
      .oneOf("all"), .list(of: .object(DeploySchema.deviceRequest(required: [], isClosed: false)), areItemsUnique: false),
    ]),
    "group_add": .list(of: .scalar(ScalarRule([.string, .number])), areItemsUnique: true),
    "hostname": .string,
    "image": .string,
    "init": .booleanOrString,
    "ipc": .string,
    "isolation": .string,
    "labels": .pairs,
    "logging": .object(
      ObjectRule([
        "driver": .string,
        "options": .mapping(keys: .any, of: .scalar(ScalarRule([.string, .number, .null]))),
      ])),
    "mac_address": .string,
    "mem_limit": .numberOrString,
    "mem_reservation": .integerOrString,
    "mem_swappiness": .integerOrString,
    "memswap_limit": .numberOrString,
    "network_mode": .string,
    "models": .either([
      .uniqueStrings,
      .mapping(
        keys: .any, of: .optional(.object(ObjectRule(["endpoint_var": .string, "model_var": .string])))),
    ]),
    "networks": .either([.uniqueStrings, .mapping(keys: .name, of: .optional(.object(attachment)))]),
    "oom_kill_disable": .booleanOrString,
    "oom_score_adj": .scalar(ScalarRule([.string, .integer], range: -1000...1000)),
    "pid": .optional(.string),
    "pids_limit": .numberOrString,
    "platform": .string,
    "privileged": .booleanOrString,
    "pull_policy": .scalar(ScalarRule(.string, form: .pullPolicy)),
    "pull_refresh_after": .string,
    "read_only": .booleanOrString,
    "runtime": .string,
    "security_opt": .uniqueStrings,
    "shm_size": .numberOrString,
    "secrets": fileMounts,
    "stop_grace_period": .string,
    "stop_signal": .string,
    "storage_opt": .mapping(keys: .any, of: .scalar(ScalarRule([.string, .integer, .null]))),
    "sysctls": .pairs,
    "tmpfs": .stringOrStrings,
    "ulimits": ulimits,
    "use_api_socket": .boolean,
    "user": .string,
    "uts": .string,
    "userns_mode": .string,
    "volumes": .list(of: .either([.string, .object(volumeMount)]), areItemsUnique: true),
    "volumes_from": .uniqueStrings,
    "working_dir": .string,
  ]

  private static let workloadAttributes: [String: SchemaRule] = [
    "build": .either([.string, .object(build)]),
    "depends_on": .either([
      .uniqueStrings,
      .mapping(
        keys: .name,
        of: .object(
          ObjectRule(
            [
              "restart": .booleanOrString, "required": .boolean,
              "condition": .oneOf("service_started", "service_healthy", "service_completed_successfully"),
            ], required: ["condition"]))),
    ]),
    "healthcheck": .object(
      ObjectRule([
        "disable": .booleanOrString, "interval": .string, "retries": .numberOrString,
        "test": .either([.string, .strings]),
        "timeout": .string, "start_period": .string, "start_interval": .string,
      ])),
    "ports": .list(of: .either([.scalar(ScalarRule([.number, .string])), .object(port)]), areItemsUnique: true),
    "expose": .list(of: .scalar(ScalarRule([.string, .number])), areItemsUnique: true),
    "stdin_open": .booleanOrString,
    "tty": .booleanOrString,
  ]

  private static let port = ObjectRule([
    "name": .string, "mode": .string, "host_ip": .string, "target": .integerOrString, "published": .integerOrString,
    "protocol": .string, "app_protocol": .string,
  ])

  private static let attachment = ObjectRule([
    "aliases": .uniqueStrings, "interface_name": .string, "ipv4_address": .string, "ipv6_address": .string,
    "link_local_ips": .uniqueStrings, "mac_address": .string, "driver_opts": .driverOptions,
    "priority": .scalar(ScalarRule(.number)), "gw_priority": .scalar(ScalarRule(.number)),
  ])

  private static let volumeMount = ObjectRule(
    [
      "type": .oneOf("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
      "source": .string, "target": .string, "read_only": .booleanOrString, "consistency": .string,
      "bind": .object(
        ObjectRule([
          "propagation": .string, "create_host_path": .booleanOrString,
          "recursive": .oneOf("enabled", "disabled", "writable", "readonly"), "selinux": .oneOf("z", "Z"),
        ])),
      "volume": .object(ObjectRule(["labels": .pairs, "nocopy": .booleanOrString, "subpath": .string])),
      "tmpfs": .object(
        ObjectRule(["size": .scalar(ScalarRule([.integer, .string], range: 0...Int.max)), "mode": .numberOrString])),
      "image": .object(ObjectRule(["subpath": .string])),
    ], required: ["type"])

  private static let build = ObjectRule([
    "context": .string, "dockerfile": .string, "dockerfile_inline": .string, "entitlements": .strings,
    "args": .pairs, "ssh": .pairs, "labels": .pairs, "cache_from": .strings, "cache_to": .strings,
    "no_cache": .booleanOrString, "no_cache_filter": .stringOrStrings, "additional_contexts": .pairs, "network": .string,
    "provenance": .booleanOrString, "sbom": .booleanOrString, "pull": .booleanOrString, "target": .string,
    "shm_size": .integerOrString, "extra_hosts": extraHosts, "isolation": .string, "privileged": .booleanOrString,
    "secrets": fileMounts, "tags": .strings, "ulimits": ulimits, "platforms": .strings,
  ])

  private static let fileMounts = SchemaRule.list(
    of: .either([
      .string,
      .object(
        ObjectRule(["source": .string, "target": .string, "uid": .string, "gid": .string, "mode": .numberOrString])),
    ]), areItemsUnique: false)

  private static let extraHosts = SchemaRule.either([
    .mapping(keys: .notEmpty, of: .either([.string, .strings])), .uniqueStrings,
  ])

  private static let ulimits = SchemaRule.mapping(
    keys: .any,
    of: .either([
      .integerOrString,
      .object(ObjectRule(["hard": .integerOrString, "soft": .integerOrString], required: ["soft", "hard"])),
    ]))

  private static let blkioRates = SchemaRule.list(
    of: .object(ObjectRule(["path": .string, "rate": .integerOrString], takesExtensions: false)), areItemsUnique: false)

  private static let blkio = SchemaRule.object(
    ObjectRule(
      [
        "device_read_bps": blkioRates, "device_read_iops": blkioRates, "device_write_bps": blkioRates,
        "device_write_iops": blkioRates, "weight": .integerOrString,
        "weight_device": .list(
          of: .object(ObjectRule(["path": .string, "weight": .integerOrString], takesExtensions: false)),
          areItemsUnique: false),
      ], takesExtensions: false))

  private static let hookAttributes: [String: SchemaRule] = [
    "command": .words, "user": .string, "privileged": .booleanOrString, "working_dir": .string, "environment": .pairs,
  ]
  private static let hook = SchemaRule.object(ObjectRule(hookAttributes, required: ["command"]))
  private static let preStartHook = SchemaRule.object(
    ObjectRule(containerAttributes.merging(["per_replica": .booleanOrString]) { $1 }))

  private static let develop = SchemaRule.object(
    ObjectRule([
      "watch": .list(
        of: .object(
          ObjectRule(
            [
              "ignore": .stringOrStrings, "include": .stringOrStrings, "path": .string,
              "action": .oneOf("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
              "target": .string, "exec": hook, "initial_sync": .boolean, "x-initialSync": .boolean,
            ], required: ["path", "action"])), areItemsUnique: false)
    ]))
}
