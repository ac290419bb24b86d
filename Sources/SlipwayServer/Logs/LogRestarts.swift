import ComposeFile
import LogStreaming
import Orchestration
import ServiceLifecycle

/// Tells the log streams of containers that start again, by the engines' events.
struct LogRestarts: ServiceLifecycle.Service {
  let events: EventLog
  let logs: LogHub

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var place = events.last
      while !Task.isCancelled {
        await events.wait(after: place)
        let (batch, missed) = events.events(after: place)
        guard let last = batch.last else { continue }
        place = last.sequence
        if missed > 0 { await logs.containersChanged() }
        // One that has ended may have run so shortly that nobody has seen it run.
        for event in batch where event.kind == "container.changed" {
          guard let id = event.fields["container"]?.string else { continue }
          await logs.containerChanged(id, on: event.server, runs: event.fields["status"]?.string == "running")
        }
      }
    }
  }
}
