import ComposeFile
import DockerEngine
import Glibc
import StackPlanning

/// What is looked at before anything is changed.
extension StackOperations {
  /// Bytes that must be free in the data directory's file system before a deploy (R-DB-4).
  static let requiredFreeBytes: UInt64 = 256 << 20

  func requireFreeSpace() throws {
    guard let free = DiskSpace.freeBytes(near: dataDirectory) else { return }
    guard free >= Self.requiredFreeBytes else {
      throw OperationRefused(
        description:
          "only \(free >> 20) MiB are free for \(dataDirectory), a deploy needs \(Self.requiredFreeBytes >> 20) MiB\n  fix: free disk space, or set SLIPWAY_DATA to another file system"
      )
    }
  }

  /// Refuses a plan whose secrets and configs have no content, all problems at once.
  static func requireContents(of plan: Plan, _ project: Project, restored: Set<String>) throws {
    var problems: [String] = []
    for step in plan.steps {
      guard case .createContainer(let name, _, _, _, _) = step.action, let service = project.service(name) else { continue }
      for problem in FileArchive.problems(of: service, in: project, restored: restored) where !problems.contains(problem) {
        problems.append(problem)
      }
    }
    guard problems.isEmpty else { throw OperationRefused(description: problems.joined(separator: "\n")) }
  }

  /// Refuses a plan that would stop something and then find that a container of another project has the name.
  func requireFreeNames(_ plan: Plan, _ observed: ObservedStack) async throws {
    let own = Set(observed.containers.map(\.name))
    let names = plan.steps.compactMap { step -> String? in
      guard case .createContainer(_, _, let name, .some, _) = step.action, !own.contains(name) else { return nil }
      return name
    }
    guard !names.isEmpty else { return }
    let holders = try await engine.listContainers(all: true, filters: EngineFilters(["name": names.map { "^/\($0)$" }]))
    let taken = holders.map {
      "the container name \($0.name) is taken by a container that is not of this stack (\($0.id.prefix(12)))"
    }
    guard taken.isEmpty else {
      throw OperationRefused(description: taken.joined(separator: "\n") + "\n  fix: remove it, or choose another container_name")
    }
  }

  /// Refuses a plan that is not the one that was asked for (R-PLAN-1).
  static func requirePlan(_ plan: Plan, _ wanted: String?) throws {
    guard let wanted, !plan.isCalled(wanted) else { return }
    throw OperationRefused(
      description:
        "the plan is not \(wanted) any more, it is \(plan.hash): the files or what runs have changed since\n  fix: look at the new plan with slipway plan, then deploy that one"
    )
  }

  /// The plan after the pull knows images that the accepted one could not: it may replace more, but not do more harm.
  static func requireNoMoreHarm(_ plan: Plan, than accepted: Plan, _ project: Project) throws {
    let pulled = accepted.steps(in: .pull).reduce(into: Set<String>()) { services, step in
      switch step.action {
      case .pullImage(_, let names): services.formUnion(names)
      case .buildImage(let reference, _):
        services.formUnion(project.services.filter { project.imageReference(of: $0) == reference }.map(\.name))
      default: break
      }
    }
    let more = Set(plan.servicesWithDowntime).subtracting(accepted.servicesWithDowntime).subtracting(pulled)
    guard more.isEmpty, !plan.losesData || accepted.losesData else {
      throw OperationRefused(
        description:
          "after the pull the plan would \(plan.losesData && !accepted.losesData ? "lose data" : "interrupt \(more.sorted().joined(separator: ", "))"), which the accepted plan did not say\n  fix: look at the new plan with slipway plan, then deploy that one"
      )
    }
  }
}
