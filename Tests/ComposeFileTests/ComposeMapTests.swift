import Testing

@testable import ComposeFile

@Suite struct ComposeMapTests {
  private func map(_ keys: Range<Int>) -> ComposeMap { ComposeMap(keys.map { ("k\($0)", .int($0)) }) }

  @Test(arguments: [3, 12, 13, 40]) func `Keys keep their order when others leave`(count: Int) {
    var map = map(0..<count)
    map["k1"] = nil
    map["k2"] = .int(-2)
    map["new"] = .null
    #expect(map.keys == ["k0", "k2"] + (3..<max(3, count)).map { "k\($0)" } + ["new"])
    #expect(map["k1"] == nil)
    #expect(map["k2"] == .int(-2))
    #expect(map["k\(count - 1)"] == ComposeValue.int(count == 3 ? -2 : count - 1))
    #expect(map["new"] == .null)
  }

  @Test(arguments: [3, 12, 13, 40]) func `The order of the keys does not count`(count: Int) {
    let forward = map(0..<count)
    let backward = ComposeMap((0..<count).reversed().map { ("k\($0)", .int($0)) })
    #expect(forward == backward)
    #expect(forward.hashValue == backward.hashValue)
    var other = backward
    other["k0"] = .null
    #expect(forward != other)
    other["k0"] = nil
    #expect(forward != other)
  }
}
