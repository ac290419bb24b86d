import Synchronization

/// An archive that is looked at while it passes; it ends at the first member that must not be unpacked.
struct JudgedArchive<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Base.Element == [UInt8], Base.Failure == Never {
  typealias Element = [UInt8]

  private let base: Base
  private let finding = Finding()

  private final class Finding: Sendable {
    let problem = Mutex<TarProblem?>(nil)
  }

  init(_ base: Base) { self.base = base }

  /// Why it ended early.
  var problem: TarProblem? { finding.problem.withLock { $0 } }

  struct Iterator: AsyncIteratorProtocol {
    private var base: Base.AsyncIterator
    private var judge = ArchiveJudge()
    private let finding: Finding

    fileprivate init(_ archive: JudgedArchive) {
      base = archive.base.makeAsyncIterator()
      finding = archive.finding
    }

    mutating func next() async throws(TarProblem) -> [UInt8]? {
      do {
        guard let chunk = await base.next(isolation: #isolation) else {
          try judge.finish()
          return nil
        }
        try judge.take(chunk)
        return chunk
      } catch {
        finding.problem.withLock { $0 = error }
        throw error
      }
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(self) }
}
