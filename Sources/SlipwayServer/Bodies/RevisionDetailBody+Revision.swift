import ComposeFile
package import RevisionStore
package import SlipwayAPI

extension [String: ImageRecord] {
  /// With what may be told of their names.
  func told(_ told: (String) -> String) -> [String: ImageRecord] {
    mapValues { image in
      var image = image
      image.reference = told(image.reference)
      return image
    }
  }
}

extension RevisionDetailBody {
  package static let eventLimit = 10_000

  /// - Parameters:
  ///   - events: of the revision's operation.
  ///   - current: the number of the newest deployed revision.
  ///   - isDown: the stack was taken down since.
  ///   - withTags: what tells whether a file's content changed: short contents can be guessed by it.
  ///   - told: what may be told of a text (S-SEC-4).
  package init(
    _ revision: Revision, _ events: [Event], current: Int?, isDown: Bool, withTags: Bool = false,
    told: (String) -> String = { $0 }
  ) {
    let variables = revision.variables.mapValues { variable -> VariableBody in
      switch variable {
      case .plain(let text): VariableBody(secret: false, value: told(text))
      case .secret: VariableBody(secret: true)
      }
    }
    self.init(
      revision: RevisionBody(
        number: revision.number, createdAt: revision.createdAt, author: revision.author, message: told(revision.message),
        kind: revision.kind, outcome: revision.outcome, images: revision.images.told(told), current: current, isDown: isDown),
      workingDirectory: revision.workingDirectory, profiles: revision.profiles,
      files: revision.files.map {
        File(path: $0.path, role: $0.role.rawValue, size: $0.content.sizeBytes, tag: withTags ? $0.content.tag : nil)
      },
      variables: variables, plan: revision.planText.map(told), result: revision.resultMessage.map(told),
      events: events.map { event in
        Notice(
          sequence: event.sequence, at: event.at.text, level: event.level.rawValue, kind: event.kind, service: event.service,
          text: told(event.text))
      })
  }
}

extension ContentReference {
  /// Equal for equal contents of one stack's files that are kept the same way.
  fileprivate var tag: String {
    switch self {
    case .plain(let sum, _), .sealed(let sum, _), .hashOnly(let sum, _): String(ContentHash.hexadecimal(sum).prefix(32))
    }
  }
}
