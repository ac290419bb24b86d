/// The shapes of what services share.
enum ResourceShape {
  static let network = ObjectShape([
    ObjectShape.Part("name", .text),
    ObjectShape.Part("driver", .text),
    ObjectShape.Part("driver_opts", .textMap),
    ObjectShape.Part("ipam", .object(ipam), whenAbsent: .map(ComposeMap())),
    ObjectShape.Part("external", .flag),
    ObjectShape.Part("internal", .flag),
    ObjectShape.Part("attachable", .flag),
    ObjectShape.Part("labels", .textMap),
    ObjectShape.Part("enable_ipv4", .tristate),
    ObjectShape.Part("enable_ipv6", .tristate),
  ])

  static let volume = ObjectShape([
    "name": .text, "driver": .text, "driver_opts": .textMap, "external": .flag, "labels": .textMap,
  ])

  /// A secret or config.
  static let fileObject = ObjectShape([
    "name": .text, "file": .text, "environment": .text, "content": .text, "external": .flag, "labels": .textMap,
    "driver": .text, "driver_opts": .textMap, "template_driver": .text,
  ])

  static let model = ObjectShape([
    "name": .text, "model": .text, "context_size": .integer, "runtime_flags": .texts,
  ])

  private static let ipam = ObjectShape([
    "driver": .text,
    "config": .list(
      .object(ObjectShape(["subnet": .text, "gateway": .text, "ip_range": .text, "aux_addresses": .textMap]))),
    "options": .textMap,
  ])
}
