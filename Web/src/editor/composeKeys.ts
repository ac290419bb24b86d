/** Keys of the Compose Specification by level; the server's parser decides what is right, these are for completion only. */

const top = "configs include name networks secrets services volumes".split(" ");

const service = (
  "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period cpu_quota "
  + "cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search "
  + "domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation "
  + "label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit network_mode networks oom_kill_disable oom_score_adj "
  + "pid pids_limit platform ports post_start pre_stop privileged profiles pull_policy read_only restart runtime scale secrets security_opt shm_size "
  + "stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits user userns_mode uts volumes volumes_from working_dir"
).split(" ");

/** Below a service, by the key they stand under. */
const underService: Readonly<Record<string, string>> = {
  build: "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline extra_hosts labels network no_cache platforms privileged pull secrets shm_size ssh tags target ulimits",
  deploy: "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config",
  healthcheck: "disable interval retries start_interval start_period test timeout",
  logging: "driver options",
  extends: "file service",
  develop: "watch",
};

/** Below `deploy`. */
const underDeploy: Readonly<Record<string, string>> = {
  resources: "limits reservations",
  restart_policy: "condition delay max_attempts window",
  update_config: "delay failure_action max_failure_ratio monitor order parallelism",
  rollback_config: "delay failure_action max_failure_ratio monitor order parallelism",
  placement: "constraints max_replicas_per_node preferences",
};

const resource: Readonly<Record<string, string>> = {
  volumes: "driver driver_opts external labels name",
  networks: "attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels name",
  configs: "content environment external file labels name",
  secrets: "environment external file labels name",
};

/** What may stand below these keys. */
export function keysAt(path: readonly string[]): readonly string[] {
  const [section, , third, fourth, fifth] = path;
  if (section === undefined) return top;
  if (section !== "services") return path.length === 2 ? words(resource[section]) : [];
  if (path.length === 2) return service;
  if (path.length === 3) return words(underService[third ?? ""]);
  if (third === "depends_on" && path.length === 4) return ["condition", "required", "restart"];
  if (third === "networks" && path.length === 4) return words("aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority");
  if (third === "deploy" && path.length === 4) return words(underDeploy[fourth ?? ""]);
  if (third === "deploy" && fourth === "resources" && path.length === 5) return fifth === "limits" ? ["cpus", "memory", "pids"] : ["cpus", "devices", "memory"];
  return [];
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(" ");
}
