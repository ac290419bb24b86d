import Foundation
import Glibc

/// A connected descriptor, closed with the last reference; each call waits on a thread of its own.
final class Stream: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var call: String
    var code: Int32
    var description: String { "\(call): \(unsafe String(cString: strerror(code)))" }
  }

  let descriptor: CInt

  init(_ descriptor: CInt) { self.descriptor = descriptor }
  deinit { close(descriptor) }

  private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Reads until `isEnough` says so, or to the end; at most `limit` between two readings.
  func read(limit: Duration = .seconds(20), until isEnough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) async throws
    -> [UInt8]
  {
    try await Self.onThread { [self] in
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while !isEnough(bytes) {
        try wait(POLLIN, limit)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw Failure(call: "read", code: errno) }
        if count == 0 { break }
        bytes += buffer.prefix(count)
      }
      return bytes
    }
  }

  /// Reads to the end and gives how many bytes there were, and a checksum of them.
  func count(limit: Duration = .seconds(60)) async throws -> Checked {
    try await Self.onThread { [self] in
      var checked = Checked()
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        try wait(POLLIN, limit)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw Failure(call: "read", code: errno) }
        if count == 0 { return checked }
        checked.take(buffer.prefix(count))
      }
    }
  }

  func write(_ bytes: [UInt8], limit: Duration = .seconds(60)) async throws {
    try await Self.onThread { [self] in
      var rest = bytes[...]
      while !rest.isEmpty {
        try wait(POLLOUT, limit)
        let count = unsafe rest.withUnsafeBytes {
          unsafe send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
        }
        if count < 0, errno == EAGAIN || errno == EINTR { continue }
        guard count > 0 else { throw Failure(call: "send", code: errno) }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Writes a pattern of so many bytes and gives its checksum.
  func writePattern(_ size: Int) async throws -> Checked {
    var checked = Checked()
    var written = 0
    while written < size {
      let chunk = (0..<min(256 << 10, size - written)).map { UInt8(truncatingIfNeeded: ($0 &+ written) &* 131 >> 3) }
      checked.take(chunk[...])
      try await write(chunk)
      written += chunk.count
    }
    return checked
  }

  func endWriting() { shutdown(descriptor, CInt(SHUT_WR)) }

  private func wait(_ events: CInt, _ limit: Duration) throws {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let count = unsafe poll(&entry, 1, CInt(limit / .milliseconds(1)))
    guard count != 0 else { throw Failure(call: "poll", code: ETIMEDOUT) }
  }

  /// Asks the engine behind this stream for an answer and gives the whole of it.
  func ask(_ request: String = "GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n") async throws -> String {
    try await write(Array(request.utf8))
    return String(decoding: try await read(), as: UTF8.self)
  }
}

/// How many bytes, and what they were (FNV-1a).
struct Checked: Hashable, Sendable, CustomStringConvertible {
  var count = 0
  var sum: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    count += bytes.count
    for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var description: String { "\(count) bytes, \(sum)" }
}

/// What this process uses.
enum OwnProcess {
  static var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }
  static var residentKiB: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }
}
