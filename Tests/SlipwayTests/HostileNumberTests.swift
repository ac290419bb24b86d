import DockerEngine
import Orchestration
import Testing

@testable import slipway

/// Numbers that an engine, or a label of anybody's container, may say.
@Suite struct HostileNumberTests {
  @Test(arguments: ["9223372036854775807", "-1", "0", "x", "99999999999999999999"])
  func `A container's number that cannot be one counts as the first`(text: String) {
    #expect(ComposeLabel.replica([ComposeLabel.number: text]) == 1)
  }

  @Test func `A container's number is that of its label`() {
    #expect(ComposeLabel.replica([ComposeLabel.number: "17"]) == 17)
    #expect(ComposeLabel.replica([:]) == 1)
  }

  @Test func `Bytes of a pull add up to a number, whatever the engine says`() {
    var tally = PullTally()
    for layer in ["a", "b"] { tally.take(layer: layer, status: "Downloading", current: .max, total: .max) }
    tally.take(layer: "c", status: "Downloading", current: .min, total: 1)
    #expect(tally.currentBytes == .max && tally.totalBytes == .max)
  }

  @Test(arguments: [
    (Int64.min, "-"), (Int64.max, "2"), (-1, "1969-12-31T23:59:59.000000000Z"), (86_400, "1970-01-02T00:00:00.000000000Z"),
  ])
  func `Every time has a text`(seconds: Int64, beginning: String) {
    #expect(EngineTimestamp(seconds: seconds, nanoseconds: 0).description.hasPrefix(beginning))
    #expect(!ClockText.local(EngineTimestamp(seconds: seconds, nanoseconds: 0)).isEmpty)
    #expect(!ClockText.utc(seconds).isEmpty)
  }
}
