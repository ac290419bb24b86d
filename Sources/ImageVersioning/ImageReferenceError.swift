/// Why a text is no image reference.
package struct ImageReferenceError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case empty
    /// 64 hexadecimal digits name an image of one engine, not one of a registry.
    case imageID
    case upperCaseRepository
    case repository
    case host
    case port
    case tag
    case tagTooLong(limit: Int)
    case digest
    case digestLength(algorithm: String, expected: Int)
    case nameTooLong(limit: Int)
  }

  package let reason: Reason
  /// The first byte of the text (UTF-8) that does not fit.
  package let index: Int
}

extension ImageReferenceError: CustomStringConvertible {
  package var description: String {
    "\(problem), at character \(index + 1)\n  fix: \(remedy)"
  }

  private var problem: String {
    switch reason {
    case .empty: "an image name is missing"
    case .imageID: "64 hexadecimal digits are an image id, not a name"
    case .upperCaseRepository: "repository name must be lowercase"
    case .repository: "the repository name holds something that is not allowed there"
    case .host: "the registry host is not valid"
    case .port: "the registry port is not a number"
    case .tag: "the tag holds something that is not allowed there"
    case .tagTooLong(let limit): "the tag has more than \(limit) characters"
    case .digest: "the digest is not of the form algorithm:hexadecimal"
    case .digestLength(let algorithm, let expected):
      "a \(algorithm) digest has exactly \(expected) lower-case hexadecimal digits"
    case .nameTooLong(let limit): "host and repository have more than \(limit) characters"
    }
  }

  private var remedy: String {
    switch reason {
    case .empty: "write one, as in nginx:1.27"
    case .imageID: "tag the image and write the tag"
    case .upperCaseRepository: "write it in small letters"
    case .repository: "use small letters and digits, joined by single . _ / or by __ or -"
    case .host: "write it as in registry.example.com:5000 or [::1]:5000"
    case .port: "write digits after the colon"
    case .tag: "use letters, digits, _ . and -, and begin with none of . and -"
    case .tagTooLong, .nameTooLong: "use a shorter one"
    case .digest, .digestLength: "copy it whole, as in nginx@sha256:… with 64 digits"
    }
  }
}
