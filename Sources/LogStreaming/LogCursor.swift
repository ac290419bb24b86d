/// Where the reading of a container's log is: what a stream that is opened again has delivered already.
package struct LogCursor: Hashable, Sendable {
  /// The time of the last line; nil before the first.
  package private(set) var time: String?
  /// Lines of that time that were seen: the engine gives all of them again.
  private var seen = 0
  private var skips = 0

  package init() {}

  /// Changes with every line.
  struct Place: Hashable {
    var time: String?
    var seen: Int
  }

  var place: Place { Place(time: time, seen: seen) }

  /// To be called when a stream is opened that begins with the lines of `time`.
  package mutating func resume() { skips = seen }

  /// Takes the time of the next line of the stream; false when the line was delivered before.
  package mutating func isNew(_ next: String) -> Bool {
    if next == time {
      if skips > 0 {
        skips -= 1
        return false
      }
      seen += 1
      return true
    }
    skips = 0
    time = next
    seen = 1
    return true
  }
}
