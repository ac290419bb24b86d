import DockerEngine
import Foundation
import SSHTransport
import SlipwayTesting
import Synchronization
import Testing

/// A session that is replaced while it is used.
@Suite(.needsRemotes, .timeLimit(.minutes(4)))
struct RecycleTests {
  @Test func `Fifty follow streams lose nothing through a recycle, and what comes after it uses the new session`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await EngineFixture.with(engine: host.engine) { fixture in
        let last = 80
        // A tenth of a second between the lines: long enough for the streams to be open before the middle.
        let script = "n=1; while [ $n -le \(last) ]; do echo line $n; n=$((n+1)); sleep 0.1; done"
        try await host.withEngine { engine, link in
          let id = try await fixture.runContainer("talker", command: ["/bin/sh", "-c", script])
          let seen = Tally()
          try await withThrowingTaskGroup { group in
            for number in 0..<50 {
              group.addTask {
                var options = LogOptions()
                options.follows = true
                var text: [UInt8] = []
                for try await frame in try await engine.logs(of: id, options) {
                  text += frame.bytes
                  seen.note(number)
                }
                return String(decoding: text, as: UTF8.self)
              }
            }
            #expect(await becomes(within: .seconds(20)) { seen.count == 50 })
            let old = try await link.session()
            #expect(old.channels >= 50)
            await link.recycle()
            #expect(!old.isUsable)
            let new = try await link.session()
            #expect(new !== old)
            #expect(old.end == nil)
            #expect(try await engine.inspectContainer(id).state.isRunning)
            // Kept connections of before may still go the old way; new ones do not.
            #expect(try await Stream(link.openEngine()).ask().hasSuffix("OK"))
            let whole = (1...last).map { "line \($0)\n" }.joined()
            for try await text in group { #expect(text == whole) }
            await engine.shutdown()
            #expect(await becomes(within: .seconds(10)) { old.end != nil })
            #expect(old.end == .closed(hop: host.name))
            #expect(new.end == nil)
          }
        }
      }
    }
  }

  @Test func `A session over jump hosts is replaced whole, and the old one ends with its last channel`() async throws {
    try await RemoteHost.borrowing(2) { hosts in
      try await hosts[1].withEngine([try hosts[0].hop(), try hosts[1].hop()]) { _, link in
        let kept = Stream(try await link.openEngine())
        let old = try await link.session()
        await link.recycle()
        #expect(try await Stream(link.openEngine()).ask().hasSuffix("OK"))
        #expect(old.end == nil)
        #expect(try await kept.ask().hasSuffix("OK"))
        #expect(await becomes(within: .seconds(5)) { old.end != nil })
      }
    }
  }

  @Test func `A session of its greatest age is replaced by itself`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      var limits = SSHLink.Limits()
      limits.sessionAge = .milliseconds(200)
      try await host.withEngine(limits: limits) { _, link in
        let first = try await link.session()
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await link.session() !== first)
        #expect(await becomes(within: .seconds(5)) { first.end != nil })
      }
    }
  }

  @Test func `More stand-in programs than one session may start get another session`() async throws {
    try await RemoteHost.borrowing { hosts in
      let host = try #require(hosts.first)
      try await host.with(options: ["AllowStreamLocalForwarding=no", "MaxSessions=3", try host.standIns(["docker"])]) {
        try await host.withEngine { _, link in
          try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { Stream(try await link.openEngine()) } }
            var streams: [Stream] = []
            for try await stream in group { streams.append(stream) }
            for stream in streams { #expect(try await stream.ask().hasSuffix("OK")) }
          }
        }
      }
    }
  }
}

/// Which of many have come.
private final class Tally: Sendable {
  private let state = Mutex<Set<Int>>([])
  var count: Int { state.withLock { $0.count } }
  func note(_ number: Int) { _ = state.withLock { $0.insert(number) } }
}
