import DockerEngine
import Testing

@testable import Orchestration

/// H1: what is told of two containers, and what is not known.
@Suite struct ConnectivityTestTests {
  private func container(_ name: String, in network: String? = "front", isRunning: Bool = true) -> ContainerInspection {
    var seen = ContainerInspection()
    seen.slashedName = "/" + name
    seen.state.isRunning = isRunning
    seen.config.exposedPorts = ["80/tcp": EmptyObject(), "53/udp": EmptyObject()]
    seen.networkSettings.ports = ["443/tcp": nil, "80/tcp": nil]
    var end = EndpointSettings()
    end.ipAddress = "10.0.0.2"
    if let network { seen.networkSettings.networks[network] = end }
    return seen
  }

  private var network: NetworkInspection {
    var network = NetworkInspection()
    network.name = "front"
    network.id = "n1"
    return network
  }

  @Test func `Two that run in one network are told so`() {
    let findings = ConnectivityTest.facts(from: container("a"), to: container("b"), network: network)
    #expect(findings.map(\.outcome) == [.ok, .ok])
    #expect(ConnectivityTest.address(of: container("b"), in: network) == "10.0.0.2")
    #expect(ConnectivityTest.exposedPorts(of: container("b")) == [80, 443])
  }

  @Test func `One that is stopped, or in another network, is named`() {
    let findings = ConnectivityTest.facts(
      from: container("a", isRunning: false), to: container("b", in: "other"), network: network)
    #expect(findings.map(\.outcome) == [.failed, .failed])
    #expect(findings.map(\.detail) == ["not running: a", "without an address in front: b"])
    #expect(ConnectivityTest.outcome(findings) == .failed)
  }

  @Test func `An image without tools says nothing about the network`() {
    typealias Finding = ConnectivityTest.Finding
    let facts = ConnectivityTest.facts(from: container("a"), to: container("b"), network: network)
    func outcome(_ tried: (Finding.Check, ConnectivityTest.Outcome)...) -> ConnectivityTest.Outcome {
      ConnectivityTest.outcome(facts + tried.map { Finding(check: $0.0, outcome: $0.1, detail: "") })
    }
    #expect(outcome((.name, .unknown), (.echo, .unknown), (.port, .unknown)) == .unknown)
    #expect(outcome((.name, .ok)) == .unknown)
    #expect(outcome((.echo, .failed), (.port, .ok)) == .ok)
    #expect(outcome((.echo, .unknown), (.port, .failed)) == .failed)
    for (code, text, isAboutTheTool) in [
      (127, "", true), (126, "", true), (1, "nc: invalid option -- 'z'", true),
      (1, "ping: permission denied (are you root?)", true), (1, "", false), (2, "", false),
    ] {
      let answer = ConnectivityTest.Answer(code: code, text: text)
      #expect((answer.isMissing || answer.isRefusal) == isAboutTheTool, "\(code) \(text)")
    }
    #expect(ConnectivityTest.isMissing("OCI runtime exec failed: exec: \"ping\": executable file not found in $PATH: unknown"))
  }
}
