/// The rules for a whole file and its shared resources. Source: the Compose Specification's schema.
enum ProjectSchema {
  static let project = SchemaRule.object(
    ObjectRule([
      "version": .string,
      "name": .string,
      "include": .list(of: include, areItemsUnique: false),
      "services": .mapping(keys: .name, of: ServiceSchema.service),
      "models": .mapping(keys: .name, of: model),
      "networks": .mapping(keys: .name, of: .optional(network)),
      "volumes": .mapping(keys: .name, of: .optional(volume)),
      "secrets": .mapping(keys: .name, of: secret),
      "configs": .mapping(keys: .name, of: config),
      SlipwaySchema.key: SlipwaySchema.project,
    ]))

  private static let include = SchemaRule.either([
    .string,
    .object(
      ObjectRule(
        ["path": .stringOrStrings, "env_file": .stringOrStrings, "project_directory": .string], takesExtensions: false)),
  ])

  private static let external = SchemaRule.either([.booleanOrString, .object(ObjectRule(["name": .string]))])

  private static let network = SchemaRule.object(
    ObjectRule([
      "name": .string, "driver": .string, "driver_opts": .driverOptions,
      "ipam": .object(
        ObjectRule([
          "driver": .string,
          "config": .list(
            of: .object(
              ObjectRule([
                "subnet": .string, "ip_range": .string, "gateway": .string,
                "aux_addresses": .mapping(keys: .notEmpty, of: .string),
              ])), areItemsUnique: false),
          "options": .mapping(keys: .notEmpty, of: .string),
        ])),
      "external": external, "internal": .booleanOrString, "enable_ipv4": .booleanOrString,
      "enable_ipv6": .booleanOrString, "attachable": .booleanOrString, "labels": .pairs,
    ]))

  private static let volume = SchemaRule.object(
    ObjectRule([
      "name": .string, "driver": .string, "driver_opts": .driverOptions, "external": external, "labels": .pairs,
      SlipwaySchema.key: SlipwaySchema.volume,
    ]))

  private static let secret = SchemaRule.object(
    ObjectRule([
      "name": .string, "environment": .string, "file": .string, "external": external, "labels": .pairs,
      "driver": .string, "driver_opts": .driverOptions, "template_driver": .string,
    ]))

  private static let config = SchemaRule.object(
    ObjectRule([
      "name": .string, "content": .string, "environment": .string, "file": .string, "external": external,
      "labels": .pairs, "template_driver": .string,
    ]))

  private static let model = SchemaRule.object(
    ObjectRule(
      ["name": .string, "model": .string, "context_size": .integer, "runtime_flags": .strings], required: ["model"]))
}
