import Foundation
import Glibc

/// A server that a test plays: one thread for each connection, whose end closes it.
enum PlayedServer {
  /// On a free port of the loopback address, which `body` is told.
  static func with<Value>(_ play: @escaping @Sendable (CInt) -> Void, _ body: (Int) async throws -> Value) async throws -> Value {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    let listener = try listen(AF_INET, &address, play)
    defer { shutdown(listener, CInt(SHUT_RDWR)) }
    return try await body(Int(UInt16(bigEndian: address.sin_port)))
  }

  /// At a path that every user of this machine may open.
  static func with<Value>(path: String, _ play: @escaping @Sendable (CInt) -> Void, _ body: () async throws -> Value) async throws
    -> Value
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(107)) }
    unsafe unlink(path)
    let listener = try listen(AF_UNIX, &address, play)
    unsafe chmod(path, 0o666)
    defer {
      shutdown(listener, CInt(SHUT_RDWR))
      unsafe unlink(path)
    }
    return try await body()
  }

  private static func listen<Address>(
    _ family: CInt, _ address: inout Address, _ play: @escaping @Sendable (CInt) -> Void
  ) throws -> CInt {
    let listener = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var size = socklen_t(MemoryLayout<Address>.size)
    let code = unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(listener, $0, size) == 0 && Glibc.listen(listener, 100) == 0 ? getsockname(listener, $0, &size) : -1
      }
    }
    guard code == 0 else { throw Stream.Failure(call: "listen", code: errno) }
    Thread.detachNewThread {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { break }
        Thread.detachNewThread {
          play(client)
          close(client)
        }
      }
      close(listener)
    }
    return listener
  }

  // MARK: Plays

  /// Says nothing until the other side goes, 15 s at most.
  @Sendable static func silence(_ client: CInt) {
    // POLLRDHUP, which the module of the C library does not show.
    var entry = pollfd(fd: client, events: 0x2000, revents: 0)
    _ = unsafe poll(&entry, 1, 15_000)
  }

  /// Gives back what comes.
  @Sendable static func echo(_ client: CInt) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe read(client, &buffer, buffer.count)
      guard count > 0, send(buffer[..<count], client) else { return }
    }
  }

  /// Sends all bytes; false when nobody takes them.
  static func send(_ bytes: ArraySlice<UInt8>, _ client: CInt) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
