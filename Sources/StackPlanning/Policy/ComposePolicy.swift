package import ComposeFile

/// The compose policy (S-POL): what a stack asks of its host, measured against the rules. Pure.
///
/// The canonical model is judged before anything is done, and what becomes of it, each engine request, once more by the same
/// rules (S-AZ-5).
package struct ComposePolicy: Sendable {
  package let level: PolicyLevel
  package let context: PolicyContext

  package init(level: PolicyLevel, context: PolicyContext) {
    self.level = level
    self.context = context
  }

  /// All findings about a project, by service and rule.
  ///
  /// - Parameters:
  ///   - services: those that are to be deployed, with the networks and volumes that they use; nil: all.
  ///   - places: where the values were written; without them findings name the attribute only.
  package func findings(
    in project: Project, services: Set<String>? = nil, places: SourcePlaces? = nil
  ) -> [PolicyFinding] {
    let chosen = project.services.filter { services?.contains($0.name) ?? true }
    var all = resourceFindings(of: chosen, in: project, places)
    for service in chosen {
      let hooks = service.preStart.indices.compactMap { service.preStartService($0) }
      all += findings(in: JudgedContainer(service, in: project), places: places)
      for hook in hooks {
        var judged = JudgedContainer(hook, in: project)
        judged.part = "pre_start"
        all += findings(in: judged).map { Self.moved($0, to: "pre_start", of: service.name, places) }
      }
      all += advice(on: service, in: project, places)
      all += buildFindings(of: service, in: project, places)
    }
    var seen: Set<String> = []
    return all.filter { seen.insert($0.key).inserted }
  }

  /// Findings about one container.
  package func findings(in container: JudgedContainer, places: SourcePlaces? = nil) -> [PolicyFinding] {
    var judgement = ContainerJudgement(policy: self, container: container, places: places)
    judgement.judge()
    return judgement.findings
  }

  /// Findings about a volume that is to be made: options of the local driver can bind any path (AB-E2).
  package func findings(in volume: JudgedVolume) -> [PolicyFinding] {
    findings(in: volume, attribute: "volumes", path: [], nil)
  }

  // MARK: Parts

  /// Of the volumes and networks that these services use.
  private func resourceFindings(
    of services: [Service], in project: Project, _ places: SourcePlaces?
  ) -> [PolicyFinding] {
    let containers =
      services + services.flatMap { service in service.preStart.indices.compactMap { service.preStartService($0) } }
    let volumes = Set(containers.flatMap { $0.volumes.compactMap { $0.kind == .volume ? $0.source : nil } })
    let networks = Set(containers.flatMap(\.networks.keys))
    var found: [PolicyFinding] = []
    for key in volumes.sorted() {
      guard let volume = project.volumes[key], !volume.isExternal else { continue }
      let judged = JudgedVolume(name: volume.name, driver: volume.driver ?? "", options: volume.driverOptions)
      found += findings(in: judged, attribute: "volumes.\(key)", path: [.key("volumes"), .key(key)], places)
    }
    for key in networks.sorted() {
      guard let network = project.networks[key], !network.isExternal else { continue }
      found += findings(in: network, places)
    }
    return found
  }

  private func findings(
    in volume: JudgedVolume, attribute: String, path: [SourcePlaces.Step], _ places: SourcePlaces?
  ) -> [PolicyFinding] {
    let place = places?.position(of: path).map { "\($0)" } ?? ""
    return VolumeJudgement(policy: self).findings(volume.name, volume.driver, volume.options).compactMap { judged in
      guard let severity = PolicyWeight.usual[level] else { return nil }
      return PolicyFinding(
        rule: judged.rule, severity: severity, service: nil, attribute: attribute, subject: judged.subject, place: place,
        message: judged.message, remedy: judged.remedy)
    }
  }

  /// Drivers of Docker's own (Docker documentation, "Network drivers").
  private static let networkDrivers: Set<String> = [
    "", "bridge", "overlay", "macvlan", "ipvlan", "host", "none", "null", "default",
  ]

  private func findings(in network: Network, _ places: SourcePlaces?) -> [PolicyFinding] {
    var found: [PolicyFinding] = []
    let drivers = [("driver", network.driver ?? ""), ("ipam", network.ipamDriver ?? "")]
    for (key, driver) in drivers where !Self.networkDrivers.contains(driver) {
      guard let severity = PolicyWeight.usual[level] else { continue }
      found.append(
        PolicyFinding(
          rule: .extensions, severity: severity, service: nil, attribute: "networks.\(network.key).\(key)",
          subject: "network \(network.name) \(driver)",
          place: places?.position(of: [.key("networks"), .key(network.key), .key(key)]).map { "\($0)" } ?? "",
          message: "the network \(network.key) has a driver that Docker does not bring: \(driver)",
          remedy: "use one of Docker's own, such as bridge"))
    }
    return found
  }

  /// What belongs to a hook stands in the file below it.
  private static func moved(
    _ finding: PolicyFinding, to attribute: String, of service: String, _ places: SourcePlaces?
  ) -> PolicyFinding {
    var finding = finding
    finding.attribute = "services.\(service).\(attribute)"
    finding.place = places?.position(of: [.key("services"), .key(service), .key(attribute)]).map { "\($0)" } ?? ""
    return finding
  }

  /// A build has rights of its own.
  private func buildFindings(of service: Service, in project: Project, _ places: SourcePlaces?) -> [PolicyFinding] {
    guard let build = service.buildSection else { return [] }
    func finding(
      _ rule: PolicyRule, _ weight: PolicyWeight, _ key: String, _ message: String, _ remedy: String
    ) -> PolicyFinding? {
      weight[level].map {
        PolicyFinding(
          rule: rule, severity: $0, service: service.name, attribute: "services.\(service.name).build.\(key)",
          subject: "build \(key)",
          place: places?.position(of: [.key("services"), .key(service.name), .key("build"), .key(key)]).map { "\($0)" } ?? "",
          message: message, remedy: remedy)
      }
    }
    var found: [PolicyFinding?] = []
    if build.isPrivileged || build.entitlements.contains("security.insecure") {
      found.append(
        finding(
          .hostTakeover, .usual, build.isPrivileged ? "privileged" : "entitlements",
          "the image of \(service.name) is built with all rights of the host", "build it without"))
    }
    if build.network == "host" {
      found.append(
        finding(
          .namespaces, .lenient, "network", "the image of \(service.name) is built in the host's network",
          "take network: host out of its build"))
    }
    let network = build.network ?? ""
    let joined = network.hasPrefix("container:") ? String(network.dropFirst(10)) : nil
    let owner = joined.map { context.containerOwners[$0] } ?? context.networkOwners[network]
    if joined != nil ? owner != project.name : owner.map({ $0 != project.name }) ?? false {
      found.append(
        finding(
          .namespaces, .lenient, "network",
          "the image of \(service.name) is built in \(network), which is \(joined == nil ? "a network" : "that of a container") of another stack",
          "take network out of its build"))
    }
    return found.compactMap { $0 }
  }
}
