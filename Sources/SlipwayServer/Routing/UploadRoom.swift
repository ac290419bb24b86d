import HTTPTypes
import Orchestration
import Synchronization

/// What may still come of an upload, and whether what has come may be unpacked (S-TAR-1).
final class UploadRoom: Sendable {
  /// Of one upload; what is larger belongs into a volume or an image.
  static let limitBytes = 16 << 30
  static let type = "application/octet-stream"

  private struct State {
    var rest = UploadRoom.limitBytes
    var judge = ArchiveJudge()
    var problem: Problem?
  }
  private let state = Mutex(State())

  init() {}

  /// Why it was ended early.
  var problem: Problem? { state.withLock(\.problem) }

  func take(_ bytes: [UInt8]) throws {
    try state.withLock { state in
      state.rest -= bytes.count
      do {
        guard state.rest >= 0 else {
          throw Problem(.contentTooLarge, "body_too_large", "the archive is too large for one call")
        }
        try state.judge.take(bytes)
      } catch {
        state.problem = Self.problem(error)
        throw error
      }
    }
  }

  func finish() throws {
    do {
      try state.withLock { try $0.judge.finish() }
    } catch {
      throw Self.problem(error)
    }
  }

  private static func problem(_ error: any Error) -> Problem {
    error as? Problem ?? Problem(.unprocessable, "invalid_archive", text: "\(error)")
  }
}
