package import ComposeFile

/// The contexts of a project's builds on this machine, for a server that builds: read with the user's rights, each when it is wanted.
package struct OwnContexts: Sendable {
  /// By service; of those whose context is a folder.
  package let announced: [String: CallerContexts.Announced]
  private let archives: [String: FolderArchive]

  /// Looks at each Dockerfile and `.dockerignore`; what is wrong with one is told with its announcement.
  package init(_ project: Project, from files: some FileSource = DiskFiles()) {
    var announced: [String: CallerContexts.Announced] = [:]
    var archives: [String: FolderArchive] = [:]
    for service in project.services {
      guard let build = service.buildSection, case .folder = ContextPlace(build.context) else { continue }
      var about = CallerContexts.Announced(place: ImageBuilds.place(of: service, in: project), dockerfile: "", problem: "")
      do {
        if case .archive(let archive, let dockerfile) = try BuildContext.of(build, at: about.place, from: files) {
          about.dockerfile = dockerfile
          archives[service.name] = archive
        }
      } catch {
        about.problem = error.description
      }
      announced[service.name] = about
    }
    self.announced = announced
    self.archives = archives
  }

  /// The archive of a context; nil: there is none.
  package func bytes(of service: String) -> ContextBytes? { archives[service].map { ContextBytes($0) } }
}
