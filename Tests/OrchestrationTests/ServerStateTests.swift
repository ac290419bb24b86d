import DockerEngine
import Testing

@testable import Orchestration

struct ServerStateTests {
  @Test(arguments: [
    ("shop-web-1", "shop-web-1"), ("0123456789ab_shop-web-1", "shop-web-1"),
    ("0123456789AB_shop-web-1", "0123456789AB_shop-web-1"),
    ("0123456789a_shop-web-1", "0123456789a_shop-web-1"), ("0123456789abc_web", "0123456789abc_web"),
    ("0123456789ab_", "0123456789ab_"),
    ("0123456789ab-web", "0123456789ab-web"), ("", ""),
  ])
  func `A container that takes another's place has its own name behind twelve digits`(name: String, settled: String) {
    let container = ServerState.Container(name: name, stack: "shop", service: "web", status: .running)
    #expect(container.settledName == settled)
  }
}
