package import ComposeFile
import FoundationEssentials
package import Orchestration
import RevisionStore
package import SlipwayAPI
import StackPlanning

extension ProjectBody {
  package init(_ project: Project) {
    self.init(
      canonical: project.canonical.json(indented: false), workingDirectory: project.workingDirectory,
      configFiles: project.configFiles, environmentFiles: project.environmentFiles,
      inactiveServices: project.inactiveServices)
  }

  /// - Parameter environment: where secrets and configs come from that are variables.
  /// - Throws: `ComposeProblems`, and what is wrong with the JSON.
  package func project(in environment: [String: String]) throws -> Project {
    var project = try Project(
      canonical: try ComposeValue(json: Array(canonical.utf8)), workingDirectory: workingDirectory, configFiles: configFiles,
      environmentFiles: environmentFiles, inactiveServices: inactiveServices)
    project.resolveFileObjects(in: environment)
    return project
  }
}

/// A prepared deploy on the wire, and back.
extension ProjectDeployBody {
  package init(_ request: DeployRequest, place: LocalPlaceBody, restoresFiles: Bool?) {
    var from: Int?
    if case .rollback(let number) = request.kind { from = number }
    self.init(
      place: place, project: ProjectBody(request.project),
      inputs: request.inputs.map {
        Input(path: $0.path, role: $0.role.rawValue, base64: Data($0.bytes).base64EncodedString())
      }, used: request.variables, options: DeployBody(request), rollbackFrom: from,
      pinnedImages: request.options.pinnedImages.isEmpty ? nil : request.options.pinnedImages, restoreFiles: restoresFiles)
  }

  /// - Throws: `ComposeProblems`, and what is wrong with the JSON.
  package func request() throws -> DeployRequest {
    let inputs = self.inputs.compactMap { input -> InputFile? in
      guard let role = InputFile.Role(rawValue: input.role), let data = Data(base64Encoded: input.base64) else { return nil }
      return InputFile(path: input.path, role: role, bytes: Array(data))
    }
    var request = DeployRequest(project: try project.project(in: place.environment), inputs: inputs, variables: used)
    options.apply(to: &request)
    request.options.pinnedImages = pinnedImages ?? [:]
    if let rollbackFrom { request.kind = .rollback(from: rollbackFrom) }
    return request
  }
}
