import NIOCore
import NIOHTTP1

/// An answer whose body is still arriving, on a connection of its own.
///
/// Back-pressure: the socket is read only as fast as `next` is called, apart from 256 KiB. The connection is closed when the
/// body has ended, when reading fails or is cancelled, and when the last reference goes away.
final class AnswerStream: Sendable {
  let call: EngineCall
  let head: HTTPResponseHead
  let connection: EngineConnection

  init(connection: EngineConnection, head: HTTPResponseHead, call: EngineCall) {
    self.connection = connection
    self.head = head
    self.call = call
  }

  deinit { connection.close() }

  var status: Int { Int(head.status.code) }

  /// The next bytes of the body; nil at its end.
  func next(silenceLimit: Duration? = nil) async throws(EngineError) -> ByteBuffer? {
    do throws(TransportFailure) {
      switch try await connection.next(silenceLimit: silenceLimit) {
      case .bytes(let buffer): return buffer
      case .end:
        connection.close()
        return nil
      case .head: throw TransportFailure.malformed(reason: "a second head within one answer")
      }
    } catch {
      connection.close()
      throw EngineError(error, call: call)
    }
  }
}
