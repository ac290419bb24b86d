import Testing

@testable import SlipwayServer

@Suite struct UndrainedTests {
  private let begin = ContinuousClock.now

  // R-LOG-1
  @Test func `A client that takes nothing is waited for since the first message that found no room`() {
    var undrained = Undrained()
    #expect(undrained.time(begin) == .zero)
    undrained.begin(begin)
    undrained.begin(begin + .seconds(10))
    #expect(undrained.time(begin + .seconds(31)) == .seconds(31))
  }

  @Test func `A slow one that takes something begins anew, and one that takes all is not waited for`() {
    var undrained = Undrained()
    undrained.begin(begin)
    undrained.begin(begin)
    undrained.end(begin + .seconds(29))
    #expect(undrained.time(begin + .seconds(31)) == .seconds(2))
    undrained.end(begin + .seconds(32))
    #expect(undrained.time(begin + .seconds(90)) == .zero)
  }
}
