import Foundation
import Testing

@testable import DockerEngine

@Suite struct WireTests {
  @Test(
    arguments: [
      ("2026-11-21T04:49:43.190661783Z", 1_795_236_583, 190_661_783), ("1970-01-01T00:00:00Z", 0, 0),
      ("2000-02-29T23:59:59.5+01:00", 951_865_199, 500_000_000), ("1969-12-31T23:59:59Z", -1, 0),
      ("2026-11-21T04:49:43.1234567891Z", 1_795_236_583, 123_456_789),
    ] as [(String, Int64, Int32)])
  func `A time is read`(text: String, seconds: Int64, nanoseconds: Int32) throws {
    let time = try #require(EngineTimestamp(text))
    #expect(time == EngineTimestamp(seconds: seconds, nanoseconds: nanoseconds))
    #expect(EngineTimestamp(time.description) == time)
  }

  @Test(arguments: ["", "2026", "2026-13-01T00:00:00Z", "2026-11-21T04:49:43", "2026-11-21T04:49:43.Z", "x026-11-21T04:49:43Z"])
  func `What is no time is nil`(text: String) { #expect(EngineTimestamp(text) == nil) }

  @Test func `Go's zero time is never`() throws {
    #expect(EngineTimestamp("0001-01-01T00:00:00Z") == .never)
    #expect(EngineTimestamp.never.description == "0001-01-01T00:00:00.000000000Z")
  }

  @Test func `Missing keys, null and unknown keys are tolerated`() throws {
    let json =
      #"{"Id":"a","Names":null,"State":"running","Future":{"x":[1]},"Labels":null,"Ports":[{"PrivatePort":80,"Type":"tcp"}]}"#
    let summary = try JSONDecoder().decode(ContainerSummary.self, from: Data(json.utf8))
    #expect(summary.names.isEmpty && summary.labels.isEmpty && summary.name == "")
    #expect(summary.state == .running)
    #expect(summary.ports.first?.publicPort == nil)
  }

  @Test func `A default is not sent and nil differs from empty`() throws {
    var spec = ContainerSpec()
    spec.config.image = "a:1"
    spec.config.entrypoint = []
    spec.hostConfig.usesInit = false
    spec.hostConfig.portBindings = ["80/tcp": [PortBinding()]]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(spec), as: UTF8.self)
    let expected = #"{"Entrypoint":[],"HostConfig":{"ExtraHosts":[],"Init":false,"PortBindings":{"80/tcp":[{}]}},"Image":"a:1"}"#
    #expect(text == expected)
    #expect(try JSONDecoder().decode(ContainerSpec.self, from: Data(text.utf8)) == spec)
  }

  @Test func `Published ports keep the difference between exposed and bound`() throws {
    let json = #"{"Ports":{"80/tcp":null,"81/tcp":[{"HostIp":"","HostPort":"8081"}]}}"#
    let settings = try JSONDecoder().decode(NetworkSettings.self, from: Data(json.utf8))
    #expect(settings.ports.count == 2)
    #expect(settings.ports["81/tcp"]??.first?.hostPort == "8081")
    #expect(settings.ports["80/tcp"] == .some(nil))
  }

  @Test func `Processor use is a share between two samples`() throws {
    var stats = ContainerStats()
    #expect(stats.cpuPercent == nil)
    stats.previousCPU.systemNanoseconds = 1000
    stats.cpu.systemNanoseconds = 2000
    stats.cpu.usage.totalNanoseconds = 250
    stats.cpu.onlineCount = 2
    #expect(stats.cpuPercent == 50)
    stats.memory.usageBytes = 100
    stats.memory.details = ["inactive_file": 30]
    #expect(stats.memory.workingSetBytes == 70)
  }

  @Test(arguments: [
    ("web", "web", "latest"), ("web:1", "web", "1"), ("r.io:5000/a/web", "r.io:5000/a/web", "latest"),
    ("r.io:5000/web:2@sha256:ab", "r.io:5000/web", "sha256:ab"), ("web@sha256:cd", "web", "sha256:cd"),
  ])
  func `A reference is split for a pull`(reference: String, name: String, tag: String) {
    let parts = PulledReference(reference)
    #expect(parts.name == name)
    #expect(parts.tagOrDigest == tag)
  }

  @Test func `Names cannot change the meaning of a path`() throws {
    #expect(try segment("a/b?c\r\nd", "container") == "a%2Fb%3Fc%0D%0Ad")
    #expect(try imageSegment("localhost/web:1@sha256:ab") == "localhost/web:1@sha256:ab")
    for name in ["", ".", ".."] { #expect(throws: EngineError.self) { try segment(name, "container") } }
    for name in ["", "a//b", "../x", "a/.."] { #expect(throws: EngineError.self) { try imageSegment(name) } }
  }

  @Test func `Filters are JSON in a stable order`() {
    let filters = EngineFilters(["status": ["running"], "label": ["a=\"x\"\n", "b"]])
    #expect(filters.json == #"{"label":["a=\"x\"\u000a","b"],"status":["running"]}"#)
    #expect(EngineFilters().json == "")
    #expect(EngineFilters.labels(["b": nil, "a": "1"]).values == ["label": ["a=1", "b"]])
  }

  @Test func `API versions compare by number`() throws {
    let (old, new) = (try #require(APIVersion("1.9")), try #require(APIVersion("1.41")))
    #expect(old < new)
    for text in ["", "1", "1.x", "1.2.3", "-1.2", "1.99999999999999999999"] { #expect(APIVersion(text) == nil) }
  }

  @Test func `Text from outside loses its control characters`() {
    #expect(printable("\u{1b}[31mred\nline\u{202e} ", limit: 100) == "[31mred line")
  }
}
