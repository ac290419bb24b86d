/// How an attribute of a later file joins that of an earlier one, where it is not by kind (mappings merge, lists append,
/// scalars replace), and by what the items of a list are told apart.
struct MergeRule: Sendable {
  enum Joining: Sendable {
    case byKind
    case replace
    /// Both sides as `KEY=value` lists, appended.
    case settings
    /// As `settings`, without the later items that are already there.
    case newSettings
    /// Both sides as mappings; names of a list get nothing as their value.
    case names
    /// As `names`; what a service depends on gets the default condition.
    case dependencies
    /// A text is the build context.
    case build
    /// Options of another driver do not mix.
    case logging
    /// Items with the same subnet merge.
    case subnets
  }

  /// What makes two items of a list the same; the later item then takes the place of the earlier.
  enum Identity: Sendable {
    /// The text before `=`.
    case name
    case text
    case port
    case volumeTarget
    case deviceTarget
    case path
    /// The target, by default below this folder.
    case target(in: String)
  }

  var joining = Joining.byKind
  var identity: Identity?

  private static func rule(_ joining: Joining, _ identity: Identity? = nil) -> MergeRule {
    MergeRule(joining: joining, identity: identity)
  }

  private static func rule(_ identity: Identity) -> MergeRule { MergeRule(identity: identity) }

  // "Merge" in the Compose Specification, and what Docker Compose does beyond it.
  static let table = PathTable<MergeRule>([
    "networks.*.ipam.config": rule(.subnets),
    "networks.*.labels": rule(.settings, .name),
    "volumes.*.labels": rule(.settings, .name),
    "secrets.*.labels": rule(.settings, .name),
    "configs.*.labels": rule(.settings, .name),
    "services.*.annotations": rule(.settings, .name),
    "services.*.build": rule(.build),
    "services.*.build.additional_contexts": rule(.settings, .name),
    "services.*.build.args": rule(.settings, .name),
    "services.*.build.cache_from": rule(.newSettings),
    "services.*.build.cache_to": rule(.newSettings),
    "services.*.build.extra_hosts": rule(.newSettings),
    "services.*.build.labels": rule(.settings, .name),
    "services.*.build.platforms": rule(.name),
    "services.*.build.tags": rule(.text),
    "services.*.cap_add": rule(.name),
    "services.*.cap_drop": rule(.name),
    "services.*.command": rule(.replace),
    "services.*.configs": rule(.target(in: "")),
    "services.*.depends_on": rule(.dependencies),
    "services.*.deploy.labels": rule(.settings, .name),
    "services.*.devices": rule(.deviceTarget),
    "services.*.dns": rule(.settings, .text),
    "services.*.dns_opt": rule(.settings, .text),
    "services.*.dns_search": rule(.settings, .text),
    "services.*.entrypoint": rule(.replace),
    "services.*.env_file": rule(.settings, .path),
    "services.*.environment": rule(.settings, .name),
    "services.*.expose": rule(.text),
    "services.*.external_links": rule(.newSettings),
    "services.*.extra_hosts": rule(.newSettings),
    "services.*.group_add": rule(.newSettings),
    "services.*.healthcheck.test": rule(.replace),
    "services.*.label_file": rule(.settings, .path),
    "services.*.labels": rule(.settings, .name),
    "services.*.links": rule(.text),
    "services.*.logging": rule(.logging),
    "services.*.models": rule(.names),
    "services.*.networks": rule(.names),
    "services.*.networks.*.aliases": rule(.text),
    "services.*.networks.*.link_local_ips": rule(.text),
    "services.*.ports": rule(.port),
    "services.*.profiles": rule(.text),
    "services.*.secrets": rule(.target(in: "/run/secrets")),
    "services.*.security_opt": rule(.newSettings),
    "services.*.sysctls": rule(.settings, .name),
    "services.*.tmpfs": rule(.settings, .name),
    "services.*.ulimits.*": rule(.replace),
    "services.*.volumes": rule(.volumeTarget),
    "services.*.volumes.*.volume.labels": rule(.settings, .name),
    "services.*.volumes_from": rule(.newSettings),
  ])
}
