import ComposeFile
import ImageVersioning

extension ComposePolicy {
  /// POL-8: what makes a stack hard to know or easy to hurt, and gives nobody the host.
  func advice(on service: Service, in project: Project, _ places: SourcePlaces?) -> [PolicyFinding] {
    var found: [PolicyFinding] = []
    func add(
      _ weight: PolicyWeight, _ attribute: String, of subject: String? = nil, _ message: String, fix remedy: String
    ) {
      guard let severity = weight[level] else { return }
      var path: [SourcePlaces.Step] = [.key("services"), .key(service.name), .key(attribute)]
      if let subject { path.append(.item(subject)) }
      found.append(
        PolicyFinding(
          rule: .advice, severity: severity, service: service.name, attribute: "services.\(service.name).\(attribute)",
          subject: subject.map { "\(attribute) \($0)" } ?? attribute,
          place: places?.position(of: path).map { "\($0)" } ?? "", message: message, remedy: remedy))
    }
    if let text = service.image, service.build == nil, let image = try? ImageReference(parsing: text) {
      if image.digest == nil, !context.pinnedServices.contains(service.name) {
        let what = image.tag == "latest" ? "is whatever is newest" : "has no digest: its tag may become another image"
        add(
          .image, "image", "the image \(text) of \(service.name) \(what)", fix: "write it with its digest, as NAME:TAG@sha256:…")
      }
      if !context.registries.isEmpty, !context.registries.contains(image.registryHost) {
        add(
          .image, "image", of: image.registryHost,
          "the image \(text) of \(service.name) comes from \(image.registryHost), which is not among the registries",
          fix: "use one of \(context.registries.joined(separator: ", "))")
      }
    }
    if service.networkMode != "host" {
      for port in service.ports where ["", "0.0.0.0", "::", "[::]"].contains(port.hostIP ?? "") {
        add(
          .hint, "ports", of: String(port.target), "port \(port.target) of \(service.name) is published to everybody",
          fix: "publish it on an address, as 127.0.0.1:\(port.published ?? ""):\(port.target)")
      }
    }
    if service.memoryLimitBytes == nil, service.deploy?.limits?.memoryBytes == nil {
      add(.hint, "mem_limit", "\(service.name) has no limit of memory", fix: "set deploy.resources.limits.memory")
    }
    for name in service.environment.keys.sorted() where context.secretNames.contains(name) {
      guard let value = service.environment[name] ?? nil, !value.isEmpty else { continue }
      add(
        .hint, "environment", of: name, "\(service.name) has a secret in its environment: \(name)",
        fix: "give it as a secret, which only the container's files show")
    }
    return found
  }
}
