import DockerEngine
import Foundation
import Orchestration
import SlipwayAPI
import Testing

@testable import SlipwayServer

/// AB-G4: an engine that tells what no engine has.
@Suite struct ExtremeNumberTests {
  private static let most = Int64.max
  private static let least = Int64.min

  private func decoded<Value: Decodable>(_ text: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }

  @Test(arguments: [most, least]) func `The age of a container is told within the years 1 to 9999`(seconds: Int64) throws {
    let summary: ContainerSummary = try decoded(#"{"Id":"a","Created":\#(seconds)}"#)
    let body = ContainerBody(summary, server: "local")
    #expect(body.createdAt == (seconds > 0 ? "9999-12-31T23:59:59Z" : "0001-01-01T00:00:00Z"))
  }

  @Test func `Sizes that cannot be added stay at the end of the range`() throws {
    let images: [ImageSummary] = try decoded(
      #"[{"Id":"a","Size":\#(Self.most),"SharedSize":\#(Self.least),"Created":\#(Self.most)},{"Id":"b","Size":\#(Self.most)}]"#)
    let plan = ImagePrunePlan(images: images, containers: [], uses: [], onlyUntagged: false)
    #expect(plan.removed.count == 2)
    #expect(plan.removed.map(\.ownBytes).clampedSum() == Self.most)
    #expect(ImageBody(plan.removed[0]).createdAt.hasPrefix("9999-"))
  }

  @Test func `Counters of a sample that cannot be added stay at the end of the range`() throws {
    let stats: ContainerStats = try decoded(
      #"{"networks":{"a":{"rx_bytes":\#(UInt64.max)},"b":{"rx_bytes":\#(UInt64.max)}},"#
        + #""blkio_stats":{"io_service_bytes_recursive":[{"op":"read","value":\#(UInt64.max)},{"op":"read","value":1}]}}"#)
    let body = StatsBody(stats)
    #expect(body.receivedBytes == Int.max && body.readBytes == Int.max)
  }

  @Test func `Disk usage that cannot be added stays at the end of the range`() throws {
    let usage: DiskUsage = try decoded(
      #"{"LayersSize":1,"Containers":[{"Id":"a","SizeRw":\#(Self.most)},{"Id":"b","SizeRw":\#(Self.most)}]}"#)
    #expect(ServerInfoBody.Usage(usage).containersBytes == Self.most)
  }
}
