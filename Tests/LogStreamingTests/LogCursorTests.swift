import LogStreaming
import Testing

@Suite struct LogCursorTests {
  @Test func `A stream that is opened again skips the lines of the last time that were seen`() {
    var cursor = LogCursor()
    cursor.resume()
    #expect(["1", "2", "2"].map { cursor.isNew($0) } == [true, true, true])
    cursor.resume()
    // The engine gives all lines of the last time again, and one more of it.
    #expect(["2", "2", "2", "3"].map { cursor.isNew($0) } == [false, false, true, true])
    #expect(cursor.time == "3")
  }

  @Test func `A stream that begins later than the last line loses nothing`() {
    var cursor = LogCursor()
    cursor.resume()
    _ = cursor.isNew("1")
    cursor.resume()
    #expect(["2", "2"].map { cursor.isNew($0) } == [true, true])
  }
}
