import FoundationEssentials

/// What the copy of a repository takes on the disk (S-OUT-1: what comes is bounded).
struct GitCopy: Sendable {
  /// While something is fetched; with little over it, because it is looked at twice a second.
  static let limitBytes = 512 << 20
  /// Between two fetches: one that has grown beyond is made anew at the next.
  static let keptBytes = 256 << 20
  /// Each fetch adds one, and nothing puts them together.
  static let keptFiles = 2000

  let folder: String

  /// - Returns: bytes and number of all files; 0 when there is none.
  func size() -> (bytes: Int, files: Int) {
    // WHY try?: files come and go meanwhile.
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    var total = (bytes: 0, files: 0)
    for path in paths {
      guard let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)"),
        facts[.type] as? FileAttributeType == .typeRegular
      else { continue }
      total.bytes += facts[.size] as? Int ?? 0
      total.files += 1
    }
    return total
  }

  /// Ends with an error when it grows too large; the copy is gone then.
  func watch() async throws {
    while true {
      try await Task.sleep(for: .milliseconds(500))
      guard size().bytes > Self.limitBytes else { continue }
      remove()
      throw GitProblem.tooLarge(megabytes: Self.limitBytes >> 20)
    }
  }

  /// Removes what is not worth keeping until the next fetch.
  func tidy() {
    let size = size()
    if size.bytes > Self.keptBytes || size.files > Self.keptFiles { remove() }
  }

  func remove() {
    // WHY try?: what cannot be removed now is looked at again at the next fetch.
    try? FileManager.default.removeItem(atPath: folder)
  }
}
