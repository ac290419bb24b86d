import Testing

@testable import Orchestration

struct ArchiveInventoryTests {
  private static let members = [
    TarHeader(path: "volume", kind: .directory, mode: 0o700, uid: 70, gid: 70),
    TarHeader(path: "volume/a", kind: .file(bytes: 700), mode: 0o600, uid: 70, gid: 70),
    TarHeader(path: "volume/b", kind: .symbolicLink(to: "a"), mode: 0o777),
    TarHeader(path: "volume/d", kind: .directory, mode: 0o755),
  ]

  private func content(
    _ members: [TarHeader], by step: Int = 1000, change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> ArchiveInventory.Content {
    var bytes = TarReaderTests.archive(members)
    change(&bytes)
    var inventory = ArchiveInventory()
    var rest = bytes[...]
    while !rest.isEmpty {
      try inventory.take(Array(rest.prefix(step)))
      rest = rest.dropFirst(step)
    }
    return try inventory.finish()
  }

  @Test func `The same members are the same, in any order and any pieces`() throws {
    let one = try content(Self.members)
    let other = try content([Self.members[0]] + Self.members.dropFirst().reversed(), by: 77)
    #expect(one.difference(from: other) == nil)
    #expect(one.entries == 4 && one.bytes == 700)
  }

  @Test(arguments: 0..<7)
  func `Whatever differs is found, and named`(which: Int) throws {
    var members = Self.members
    switch which {
    case 0: members[1].mode = 0o640
    case 1: members[1].uid = 71
    case 2: members[1].gid = 71
    case 3: members[2].kind = .symbolicLink(to: "d")
    case 4: members[0].mode = 0o755
    case 5: members[1].kind = .file(bytes: 699)
    default: members.removeLast()
    }
    let difference = try #require(try content(members).difference(from: try content(Self.members)))
    #expect(difference.contains(["a", "a", "a", "b", "the folder itself", "a", "d"][which]), "\(difference)")
  }

  @Test func `One other byte of content is found`() throws {
    let changed = try content(Self.members) { bytes in
      if let place = bytes.lastIndex(of: UInt8(ascii: "x")) { bytes[place] = UInt8(ascii: "y") }
    }
    #expect(changed.difference(from: try content(Self.members))?.hasSuffix("not the same: a") == true)
  }

  @Test func `An archive that is cut off, or has a device, is refused`() throws {
    #expect(throws: TarProblem.self) { try content(Self.members) { $0.removeLast(1500) } }
    #expect(throws: TarProblem.self) { try content([TarHeader(path: "../x", kind: .file(bytes: 1), mode: 0o644)]) }
  }
}
