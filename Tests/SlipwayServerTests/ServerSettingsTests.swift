import Accounts
import DockerEngine
import FoundationEssentials
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import Testing

@testable import SlipwayServer

@Suite struct ServerSettingsTests {
  @Test func `A setting has its default until one is stored, and again when what is stored does not fit`() async throws {
    try await ServedParts.with { parts, _ in
      let settings = ServerSettings(parts.store)
      #expect(try await settings.keptRevisions() == 10)
      let admin = somebody(Grant(.admin, on: .global))
      try await parts.accounts.putSettings(["images.keep_revisions": "3"], by: admin)
      #expect(try await settings.keptRevisions() == 3)
      try await parts.accounts.putSettings(["images.keep_revisions": "\"many\""], by: admin)
      #expect(try await settings.keptRevisions() == 10)
      #expect(try await settings.all().allSatisfy { $0.stored == nil })
    }
  }

  @Test func `The default of each setting is one that may be set`() {
    for setting in KnownSetting.allCases { #expect(setting.schema.faults(in: setting.standard).isEmpty) }
  }
}

@Suite struct MetricsTests {
  @Test func `Values of labels cannot end their quotes`() {
    var page = MetricsPage()
    page.add("m", .gauge, "help", [(["a": "x\"} 1\ny\\"], 1.5), ([:], 2)])
    #expect(page.text == "# HELP m help\n# TYPE m gauge\nm{a=\"x\\\"} 1\\ny\\\\\"} 1.5\nm 2\n")
  }

  // I1: the number of series does not grow with what clients send.
  @Test func `Calls are counted by route and class of answer`() async throws {
    try await ServedParts.with { parts, served in
      let route = try #require(served.routes.first { $0.path.hasSuffix("/containers/{container}") && $0.method == .get })
      for code in [200, 204, 404, 503] { parts.requests.take(route, HTTPResponse.Status(code: code), .milliseconds(5)) }
      for _ in 0..<1000 { parts.requests.takeUnknown(.notFound) }
      #expect(
        parts.requests.all.map { "\($0.key.path) \($0.key.status) \($0.value.count)" } == [
          "/api/v1/servers/{server}/containers/{container} 2xx 2", "/api/v1/servers/{server}/containers/{container} 4xx 1",
          "/api/v1/servers/{server}/containers/{container} 5xx 1", "other 4xx 1000",
        ])
      let text = try await parts.metrics()
      #expect(
        text.contains(
          "slipway_http_requests_total{method=\"GET\",route=\"/api/v1/servers/{server}/containers/{container}\",status=\"2xx\"} 2"
        ))
      #expect(text.contains("slipway_build_info{version=\"1.2.3\"} 1"))
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
      }
    }
  }
}

@Suite struct ResourceChangeTests {
  private func update(_ body: ResourcesBody, _ now: HostConfig = HostConfig()) throws -> ContainerUpdate {
    try ContainerUpdate(body, now)
  }

  private func body(_ json: String) throws -> ResourcesBody {
    try Wire.decoder().decode(ResourcesBody.self, from: .init(json.utf8))
  }

  @Test func `A new memory limit takes the swap limit along, but not one that is unlimited`() throws {
    #expect(try update(body("{\"memory_bytes\":67108864}")).memorySwapBytes == 134_217_728)
    var unlimited = HostConfig()
    unlimited.memorySwapBytes = -1
    #expect(try update(body("{\"memory_bytes\":67108864}"), unlimited).memorySwapBytes == nil)
  }

  @Test(arguments: ["{}", "{\"cpus\":0}", "{\"restart_retries\":3}", "{\"memory_bytes\":67108864,\"memory_swap_bytes\":1}"])
  func `What changes nothing, or cannot be, is refused`(_ json: String) throws {
    #expect(throws: Problem.self) { try update(body(json)) }
  }

  @Test func `Processors are not changed where a quota of time says them`() throws {
    var quota = HostConfig()
    quota.cpuQuotaMicroseconds = 50_000
    #expect(throws: Problem.self) { try update(body("{\"cpus\":1}"), quota) }
    #expect(ContainerDetailBody.Resources(quota).cpus == 0.5)
  }
}

@Suite struct ServerAdditionTests {
  private func addition(_ json: String) throws -> ServerAddition {
    try ServerAddition(try Wire.decoder().decode(NewServerBody.self, from: .init(json.utf8)))
  }

  @Test(arguments: [
    "{\"name\":\"local\",\"address\":\"ssh://a@b\",\"login\":{\"agent\":true}}",
    "{\"name\":\"alpha\",\"address\":\"ssh://a@b\"}",
    "{\"name\":\"alpha\",\"address\":\"ssh://a@b\",\"login\":{\"agent\":true,\"password\":\"p\"}}",
    "{\"name\":\"alpha\",\"address\":\"ssh://a@b\",\"login\":{\"agent\":true},\"fingerprint\":\"SHA256:short\"}",
    "{\"name\":\"alpha\",\"address\":\"ssh://a@b\",\"login\":{\"agent\":true},\"key\":\"k\"}",
    "{\"name\":\"alpha\",\"address\":\"ssh://a@b\",\"login\":{\"identity\":\"ssh-ed25519 AAAA\"}}",
    "{\"name\":\"alpha\",\"address\":\"ssh://-oProxyCommand=x@b\",\"login\":{\"agent\":true}}",
    "{\"name\":\"alpha\",\"address\":\"tcp://h:2376\"}",
    "{\"name\":\"alpha\",\"address\":\"tcp://h:2376\",\"login\":{\"agent\":true}}",
  ])
  func `What does not belong together is refused before anything is connected`(_ json: String) {
    do {
      _ = try addition(json)
      Issue.record("it was taken")
    } catch {
      #expect(Problem(error).status == .unprocessable)
    }
  }

  @Test func `A login by an agent and an address are enough`() throws {
    let new = try addition("{\"name\":\"alpha\",\"address\":\"ssh://a@b:2222\",\"login\":{\"agent\":true}}")
    #expect(new.shownAddress == "ssh://a@b:2222")
  }

  @Test(arguments: [
    ("10.0.0.0/8", true, true), ("fd00::/64", true, true), ("10.0.0.0/33", true, false), ("10.0.0.0", true, false),
    ("nonsense", true, false), ("10.0.0.1", false, true), ("10.0.0.1/8", false, false), ("10.0.0.0/+8", true, false),
  ])
  func `Ranges and addresses of networks are looked at`(_ text: String, _ isRange: Bool, _ isUsable: Bool) {
    #expect(AddressText.isUsable(text, asRange: isRange) == isUsable)
  }
}
