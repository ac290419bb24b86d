import Accounts
import ComposeFile
import Orchestration
import RevisionStore
import Testing

@testable import SlipwayServer

/// S-AZ-2 for the socket's events: by the same right as in the rest of the API.
@Suite struct EventRightsTests {
  private let log = EventLog(run: "r")

  private func seen(_ grant: Grant) -> [LiveEvent] {
    let now = Timestamp.systemNow()
    return log.events(after: 0).0.compactMap { EventFeed.shown($0, to: somebody(grant), now) }
  }

  @Test func `Who has rights on one stack sees nothing of the rest of its server`() {
    for kind in [
      "operation.changed", "operation.progress", "container.resources", "container.changed", "images.changed",
      "volumes.changed", "networks.changed",
    ] {
      log.publish(kind, server: "local", [("title", .string("pull canary"))])
    }
    log.publish("operation.changed", server: "local", stack: "blog", [("title", .string("canary"))])
    log.publish("operation.changed", server: "local", stack: "shop", [("title", .string("deploy"))])
    log.publish("server.link", server: "local", [("link", .string("away")), ("reason", .string("canary"))])
    for role in Role.allCases {
      let events = seen(Grant(role, on: .stack(server: "local", name: "shop")))
      #expect(events.map(\.kind) == ["operation.changed", "server.link"])
      #expect(!events.contains { "\($0.record)".contains("canary") })
    }
    let ofServer = seen(Grant(.viewer, on: .server("local")))
    #expect(ofServer.count == 10 && ofServer.last?.fields["reason"] == .string("canary"))
    #expect(seen(Grant(.viewer, on: .server("b"))).isEmpty)
    #expect(seen(Grant(.viewer, on: .global)).count == 10)
  }
}
