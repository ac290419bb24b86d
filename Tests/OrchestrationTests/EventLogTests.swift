import ComposeFile
import Testing

@testable import Orchestration

@Suite struct EventLogTests {
  @Test func `Who was away for a moment gets what it missed, in order`() {
    let log = EventLog(run: "r")
    for number in 1...5 { log.publish("k", [("n", .int(number))]) }
    let (events, missed) = log.events(after: 2)
    #expect(events.map(\.sequence) == [3, 4, 5])
    #expect(missed == 0)
  }

  @Test func `What is not kept any more is counted`() {
    let log = EventLog(run: "r")
    for number in 1...10_050 { log.publish("k", [("n", .int(number))]) }
    let (events, missed) = log.events(after: 0)
    #expect(missed == 50)
    #expect(events.first?.sequence == 51)
    #expect(log.events(after: log.last).events.isEmpty)
  }

  @Test func `Large events push out old ones before there are many`() {
    let log = EventLog(run: "r")
    let text = String(repeating: "x", count: 1 << 20)
    for _ in 1...20 { log.publish("k", [("text", .string(text))]) }
    let (events, missed) = log.events(after: 0)
    #expect(missed >= 12)
    #expect(events.count + missed == 20)
  }

  @Test func `A watcher is woken by the next event, and by its own end`() async {
    let log = EventLog(run: "r")
    async let woken: Void = log.wait(after: 0)
    log.publish("k")
    await woken
    let task = Task { await log.wait(after: 1) }
    task.cancel()
    await task.value
  }
}
