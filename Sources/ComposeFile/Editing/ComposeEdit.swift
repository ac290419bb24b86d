/// One change that a user wants in a compose file.
///
/// Values are what Compose shall see: a `$` in them is written as `$$` (see `EditOptions.keepsVariables`).
package enum ComposeEdit: Hashable, Sendable {
  case setImage(service: String, String)
  /// Writes the variable where the service has it; else into its `environment`, in the form (mapping or list) that this has.
  case setVariable(service: String, name: String, value: String)
  case removeVariable(service: String, name: String)
  /// As `setVariable`, of `labels`.
  case setLabel(service: String, name: String, value: String)
  case removeLabel(service: String, name: String)
  /// `deploy.replicas` and `scale` where they are written; else `scale`.
  case setScale(service: String, Int)
  /// Appends a service that is not there yet.
  case addService(name: String, ComposeValue)
  /// Appends a service whose value is given as YAML, with its comments.
  case addServiceText(name: String, yaml: String)
  case removeService(String)
  /// Gives the attribute at a path of keys (`["services", "web", "image"]`, `["name"]`) a value. What is there must be a single
  /// value or nothing.
  case set([String], ComposeValue)
  /// Removes the attribute at a path of keys.
  case remove([String])

  /// The service that is meant; nil for paths that lead elsewhere.
  package var service: String? {
    switch self {
    case .setImage(let service, _), .setVariable(let service, _, _), .removeVariable(let service, _),
      .setLabel(let service, _, _), .removeLabel(let service, _), .setScale(let service, _), .removeService(let service),
      .addService(let service, _), .addServiceText(let service, _):
      service
    case .set(let path, _), .remove(let path): path.first == "services" && path.count > 1 ? path[1] : nil
    }
  }
}

/// What an edit may do beyond the plain case.
package struct EditOptions: Hashable, Sendable {
  /// Replaces a text that variables decide (`image: ${IMAGE}`). Without it such an edit is refused, with the variables named.
  package var replacesInterpolation = false
  /// Writes a `$` of the new value as it is, so that `${TAG}` in it is a variable.
  package var keepsVariables = false
  /// Changes a value that others share through an anchor, a merge key or `extends`, for all of them. Without it such an
  /// edit is refused, with the others named.
  package var changesShared = false

  package init() {}
}

/// Bytes of a text that give way to others.
package struct TextEdit: Hashable, Sendable {
  /// Of the text before the edit; empty where something is only put in.
  package var range: Range<Int>
  package var replacement: [UInt8]

  init(_ range: Range<Int>, _ replacement: [UInt8]) {
    self.range = range
    self.replacement = replacement
  }

  init(_ range: Range<Int>, _ replacement: String = "") { self.init(range, Array(replacement.utf8)) }

  /// `bytes` with all of `edits`, which do not overlap; of two at one place the first comes first.
  static func apply(_ edits: [TextEdit], to bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.replacement.count })
    var at = 0
    let sorted = edits.enumerated().sorted {
      ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
        < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
    }
    for edit in sorted.map(\.element) {
      result += bytes[at..<max(at, edit.range.lowerBound)]
      result += edit.replacement
      at = max(at, edit.range.upperBound)
    }
    return result + bytes[at...]
  }
}
