/// The archive of a build's context, as it comes; each iterator begins anew where its source can.
package struct ContextBytes: AsyncSequence, Sendable {
  private let open: @Sendable () -> ArchiveBytes
  private let findProblem: @Sendable () -> String?

  /// - Parameter problem: why it ended early, with a remedy; nil: it did not.
  package init(problem: @escaping @Sendable () -> String? = { nil }, _ open: @escaping @Sendable () -> ArchiveBytes) {
    self.open = open
    findProblem = problem
  }

  /// Why it ended early, with a remedy.
  package var problem: String? { findProblem() }

  package func makeAsyncIterator() -> ArchiveBytes { open() }
}

extension ContextBytes {
  /// A folder of this machine.
  init(_ archive: FolderArchive) {
    self.init(problem: {
      archive.problem.map { "\($0)\n  fix: correct it, or leave it out by a line in .dockerignore" }
    }) {
      var iterator = archive.makeAsyncIterator()
      return ArchiveBytes { try await iterator.next() }
    }
  }
}
