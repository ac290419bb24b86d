package import ComposeFile
package import StackPlanning

/// A container that is to be made for one run of a service's program (`run`).
package struct OneOffRequest: Sendable {
  /// The whole project, with the service.
  package var project: Project
  /// The service as its one-off container has it.
  package var service: Service
  /// 64 random hexadecimal digits.
  package var slug: String
  /// Deploys what the service depends on; nil: that is left as it is, and not waited for.
  package var dependencies: DeployRequest?
  package var pull: PlanOptions.Pull?
  package var build: PlanOptions.Build = .asNeeded
  package var builds = ImageBuilds.Choices()
  package var usesAliases = false
  package var attachesStdin = true
  package var removesItself = false
  package var removesOrphans = false
  package var waits = WaitLimits()

  package init(project: Project, service: Service, slug: String) {
    self.project = project
    self.service = service
    self.slug = slug
  }

  /// 32 random bytes in hexadecimal.
  package static func slug(using random: inout some RandomNumberGenerator) -> String {
    (0..<4).map { _ in
      let digits = String(random.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

/// A one-off container that was made and not started.
package struct OneOffContainer: Sendable {
  package var id: String
  package var name: String
  package var service: Service
  package var removesItself: Bool

  package init(id: String, name: String, service: Service, removesItself: Bool) {
    self.id = id
    self.name = name
    self.service = service
    self.removesItself = removesItself
  }
}
