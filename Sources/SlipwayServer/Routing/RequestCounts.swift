import HTTPTypes
import Synchronization

/// How many calls there were, by route and class of answer: as many numbers as there are routes, whatever clients send.
final class RequestCounts: Sendable {
  struct Key: Hashable, Sendable, Comparable {
    var method: String
    /// The route's path with its braces; `other` for calls of no route.
    var path: String
    /// `2xx`, `3xx`, `4xx` or `5xx`.
    var status: String

    static func < (one: Key, other: Key) -> Bool {
      (one.path, one.method, one.status) < (other.path, other.method, other.status)
    }
  }

  struct Value: Hashable, Sendable {
    var count = 0
    /// From the head of the request to that of the answer, in all.
    var time = Duration.zero
  }

  private let values = Mutex<[Key: Value]>([:])

  init() {}

  func take(_ route: Route, _ status: HTTPResponse.Status, _ time: Duration) {
    add(Key(method: route.method.rawValue, path: route.path, status: Self.kind(status)), time)
  }

  func takeUnknown(_ status: HTTPResponse.Status) {
    add(Key(method: "other", path: "other", status: Self.kind(status)), .zero)
  }

  var all: [(key: Key, value: Value)] { values.withLock { $0.sorted { $0.key < $1.key } } }

  private func add(_ key: Key, _ time: Duration) {
    values.withLock { values in
      values[key, default: Value()].count += 1
      values[key, default: Value()].time += time
    }
  }

  private static func kind(_ status: HTTPResponse.Status) -> String { "\(min(max(status.code / 100, 1), 5))xx" }
}
