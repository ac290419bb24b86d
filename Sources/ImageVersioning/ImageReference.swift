/// Which image: registry, repository, and a tag, a digest or both.
///
/// Always in full: `nginx` is `docker.io/library/nginx:latest`. The grammar is that of the Distribution project's
/// `reference` package, which engines and registries use; names are compared byte by byte.
package struct ImageReference: Hashable, Sendable {
  /// The registry's host, with its port if it has one; Docker Hub is `docker.io`.
  package let registryHost: String
  /// The path on that registry, as in `library/nginx`.
  package let repository: String
  /// Nil only when there is a digest: then nobody said which version it is.
  package let tag: String?
  /// As in `sha256:…`. What is pulled when present; the tag is then for people.
  package let digest: String?

  private init(registryHost: String, repository: String, tag: String?, digest: String?) {
    self.registryHost = registryHost
    self.repository = repository
    self.tag = tag
    self.digest = digest
  }

  /// Reads a reference as written in a compose file, variables already filled in.
  ///
  /// - Throws: what is wrong, and at which byte of `text`.
  package init(parsing text: String) throws(ImageReferenceError) {
    let parts = try ImageReferenceParser(text).parse()
    self.init(registryHost: parts.host, repository: parts.repository, tag: parts.tag, digest: parts.digest)
  }

  /// The same repository and tag, pinned to `digest`.
  package func withDigest(_ digest: String) throws(ImageReferenceError) -> ImageReference {
    let parser = ImageReferenceParser(digest)
    try parser.checkDigest(from: 0)
    return ImageReference(registryHost: registryHost, repository: repository, tag: tag, digest: digest)
  }

  /// The same repository at `tag`, and no digest.
  package func withTag(_ tag: String) throws(ImageReferenceError) -> ImageReference {
    let parser = ImageReferenceParser(tag)
    try parser.checkTag(0..<tag.utf8.count)
    return ImageReference(registryHost: registryHost, repository: repository, tag: tag, digest: nil)
  }

  /// Without the tag, where there is a digest: what is pulled then.
  package var withoutTag: ImageReference {
    digest == nil ? self : ImageReference(registryHost: registryHost, repository: repository, tag: nil, digest: digest)
  }

  /// Host and repository, as in `docker.io/library/nginx`: what keys and equality use.
  package var name: String { registryHost + "/" + repository }

  /// The name as people write it: `nginx` for `docker.io/library/nginx`. Reads back as the same name.
  package var familiarName: String {
    guard registryHost == ImageReferenceParser.hub else { return name }
    let parts = repository.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.count == 2, repository.hasPrefix(ImageReferenceParser.officialPrefix) {
      let short = String(repository.dropFirst(ImageReferenceParser.officialPrefix.count))
      return ImageReferenceParser.isImageID(Array(short.utf8)) ? name : short
    }
    // A first part that looks like a host would be read as one.
    guard parts.count > 1, let first = parts.first, !ImageReferenceParser.looksLikeHost(first) else { return name }
    return repository
  }

  /// The whole reference as people write it: `nginx:latest`.
  package var familiar: String { familiarName + suffix }

  private var suffix: String { (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0 } ?? "") }
}

extension ImageReference: CustomStringConvertible {
  /// In full: `docker.io/library/nginx:latest`.
  package var description: String { name + suffix }
}
