package import ComposeFile
package import StackPlanning

/// How a project is taken over.
package struct AdoptionRequest: Sendable {
  /// What revision 1 describes where the files say something else than what runs.
  package enum Preference: Sendable {
    /// Nothing is adopted; the differences are told.
    case undecided
    /// What runs: a deploy of the files would change it.
    case running
    /// The files: the next deploy changes what runs.
    case files
  }

  package var project: String
  package var preference = Preference.undecided
  /// Other files than those that the labels name.
  package var files: LoadRequest?
  /// What may be read for it.
  package var source: any FileSource = DiskFiles()
  /// Folder for a compose file that is made from what runs; made when it is not there.
  package var output: String?
  package var message = ""
  /// Also a stack that another Slipway deployed.
  package var takesOver = false

  package init(project: String) { self.project = project }
}

/// A project that was taken over as it runs.
package struct Adoption: Sendable, Codable {
  package struct ServiceResult: Sendable, Codable {
    package enum Source: String, Sendable, Codable {
      /// Its containers are what the files say.
      case files
      /// The files say something else, and were chosen.
      case changedFiles = "changed-files"
      /// Made from what runs.
      case rebuilt
    }

    package var name: String
    package var containers: Int
    package var source: Source
  }

  package var project: String
  package var revision: Int
  package var services: [ServiceResult]
  /// Files that it was read from; empty: it was rebuilt.
  package var files: [String]
  /// Why it had to be rebuilt.
  package var reason: String?
  /// The compose file that was written.
  package var output: String?
  /// Where the files (before) say something else than what runs (after); no secret values.
  package var differences: ProjectDifference
}

/// The files say something else than what runs, and nobody has said which to take. Nothing was recorded.
package struct AdoptionUndecided: Error, Sendable, CustomStringConvertible {
  package var project: String
  package var differences: ProjectDifference

  package init(project: String, differences: ProjectDifference) {
    self.project = project
    self.differences = differences
  }

  package var description: String {
    """
    \(project) was not adopted: the files say something else than what runs (files -> running)
    \(differences.text)
      fix: --as-running records what runs, and a deploy of these files would then change it; --as-files records the files, and the next deploy changes what runs
    """
  }
}
