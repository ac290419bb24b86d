/// How an attribute of a later file joins that of an earlier one, where it is not by kind (mappings merge, lists append what
/// they do not have, scalars replace), and by what the items of a list are told apart.
struct MergeRule: Sendable {
  enum Joining: Sendable {
    case byKind
    case replace
    /// Both sides as `KEY=value` lists, appended, whether the items are there already or not.
    case settings
    /// As `settings`, without the later items that are there already.
    case newSettings
    /// Both sides as mappings; names of a list get nothing as their value.
    case names
    /// As `names`; what a service depends on gets the default condition.
    case dependencies
    /// A text is the build context.
    case build
    /// Options of another driver do not mix.
    case logging
    /// Mappings merge, all else is replaced.
    case limits
    /// A mapping with the name of an external resource stands for true.
    case external
    /// The later items, each with what an earlier item of the same subnet says besides.
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
    "networks.*.external": rule(.external),
    "networks.*.ipam.config": rule(.subnets),
    "networks.*.labels": rule(.settings, .name),
    "volumes.*.external": rule(.external),
    "volumes.*.labels": rule(.settings, .name),
    "secrets.*.external": rule(.external),
    "secrets.*.labels": rule(.settings, .name),
    "configs.*.external": rule(.external),
    "configs.*.labels": rule(.settings, .name),
    "services.*.annotations": rule(.settings, .name),
    "services.*.build": rule(.build),
    "services.*.build.additional_contexts": rule(.settings, .name),
    "services.*.build.args": rule(.settings, .name),
    "services.*.build.extra_hosts": rule(.newSettings),
    "services.*.build.labels": rule(.settings, .name),
    "services.*.build.platforms": rule(.name),
    "services.*.build.tags": rule(.name),
    "services.*.cap_add": rule(.name),
    "services.*.cap_drop": rule(.name),
    "services.*.command": rule(.replace),
    "services.*.configs": rule(.target(in: "")),
    "services.*.depends_on": rule(.dependencies),
    "services.*.deploy.labels": rule(.settings, .name),
    "services.*.devices": rule(.deviceTarget),
    "services.*.dns": rule(.settings, .name),
    "services.*.dns_opt": rule(.settings, .text),
    "services.*.dns_search": rule(.settings, .text),
    "services.*.entrypoint": rule(.replace),
    "services.*.env_file": rule(.settings, .path),
    "services.*.environment": rule(.settings, .name),
    "services.*.expose": rule(.text),
    "services.*.extra_hosts": rule(.newSettings),
    "services.*.healthcheck.test": rule(.replace),
    "services.*.label_file": rule(.settings, .path),
    "services.*.labels": rule(.settings, .name),
    "services.*.links": rule(.text),
    "services.*.logging": rule(.logging),
    "services.*.models": rule(.names),
    "services.*.networks": rule(.names),
    "services.*.networks.*.aliases": rule(.text),
    "services.*.networks.*.link_local_ips": rule(.name),
    "services.*.ports": rule(.port),
    "services.*.profiles": rule(.text),
    "services.*.secrets": rule(.target(in: "/run/secrets")),
    "services.*.sysctls": rule(.settings, .name),
    "services.*.tmpfs": rule(.settings, .name),
    "services.*.ulimits.*": rule(.limits),
    "services.*.volumes": rule(.volumeTarget),
    "services.*.volumes.*.volume.labels": rule(.settings, .name),
  ])
}
