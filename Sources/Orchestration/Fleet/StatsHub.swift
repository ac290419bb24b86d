import DockerEngine
package import RevisionStore
import Synchronization

/// What containers use of their machines: live for whoever watches, with one stream of the engine for each container, and the last
/// hour of all of them, in samples that are taken now and then.
package actor StatsHub {
  /// What a container used at one moment.
  package struct Sample: Hashable, Sendable {
    package var at: Timestamp
    package var usage: ContainerUsage
  }

  package struct Key: Hashable, Sendable {
    package var server: String
    package var container: String

    package init(server: String, container: String) {
      self.server = server
      self.container = container
    }
  }

  /// How long samples are kept, how far apart they are, and of how many containers: 2,000 × 240 × 72 bytes are 33 MiB.
  package static let history: Duration = .seconds(3600)
  package static let interval: Duration = .seconds(15)
  private static let containerLimit = 2000
  /// Containers of one engine that are asked at the same time: each answer takes the engine some work.
  private static let questionsAtOnce = 4

  private struct Live {
    var task: Task<Void, Never>
    var watchers: [Int: AsyncStream<Sample>.Continuation] = [:]
  }

  private let fleet: Fleet
  private var samples: [Key: [Sample]] = [:]
  private var last: [Key: ContainerStats] = [:]
  private var live: [Key: Live] = [:]
  private var nextWatcher = 0

  package init(fleet: Fleet) { self.fleet = fleet }

  /// Engine streams that are read now.
  package var streamCount: Int { live.count }

  /// The samples of the last hour, the oldest first.
  package func history(of key: Key) -> [Sample] { samples[key] ?? [] }

  // MARK: Live

  /// What a container uses, about once a second; a watcher that is slow misses some. Ends with the container, or the task.
  package func watch(_ key: Key) -> AsyncStream<Sample> {
    nextWatcher += 1
    let id = nextWatcher
    let (stream, continuation) = AsyncStream.makeStream(of: Sample.self, bufferingPolicy: .bufferingNewest(2))
    // WHY: the end of a stream is told on whatever thread it happens.
    continuation.onTermination = { [weak self] _ in Task { await self?.leave(key, id) } }
    if live[key] == nil {
      // WHY: it is shared by all who watch, and ends with the last.
      live[key] = Live(task: Task { await read(key) })
    }
    live[key]?.watchers[id] = continuation
    return stream
  }

  private func leave(_ key: Key, _ id: Int) {
    live[key]?.watchers[id] = nil
    guard live[key]?.watchers.isEmpty == true else { return }
    live.removeValue(forKey: key)?.task.cancel()
  }

  private func read(_ key: Key) async {
    do {
      let engine = try await fleet.member(key.server).engine
      for try await stats in try await engine.stats(of: key.container) {
        guard !Task.isCancelled else { return }
        let sample = take(stats, of: key)
        for watcher in (live[key]?.watchers ?? [:]).values { watcher.yield(sample) }
      }
    } catch {
      // The container has ended, or its engine is away: whoever watches sees the end.
    }
    guard !Task.isCancelled, let ended = live.removeValue(forKey: key) else { return }
    for watcher in ended.watchers.values { watcher.finish() }
  }

  // MARK: The last hour

  /// Takes samples until the task is cancelled.
  package func run() async {
    while !Task.isCancelled {
      await sampleAll()
      try? await Task.sleep(for: Self.interval)
    }
    for (_, one) in live {
      one.task.cancel()
      for watcher in one.watchers.values { watcher.finish() }
    }
    live = [:]
  }

  private func sampleAll() async {
    var wanted: [String: [Key]] = [:]
    var count = 0
    for state in fleet.states.servers where state.link == .up {
      for (id, container) in state.containers where container.status == .running && count < Self.containerLimit {
        count += 1
        wanted[state.server, default: []].append(Key(server: state.server, container: id))
      }
    }
    forget(except: Set(wanted.values.joined()))
    await withDiscardingTaskGroup { group in
      for (server, keys) in wanted {
        group.addTask {
          guard let engine = try? await self.fleet.member(server).engine else { return }
          // WHY try?: a container that cannot tell is asked again the next time.
          _ = try? await keys.concurrentMap(atOnce: Self.questionsAtOnce) { key in
            guard let stats = try? await engine.statsOnce(of: key.container) else { return }
            await self.sampled(stats, key)
          }
        }
      }
    }
  }

  private func sampled(_ stats: ContainerStats, _ key: Key) { _ = take(stats, of: key) }

  private func forget(except keys: Set<Key>) {
    for key in samples.keys where !keys.contains(key) { samples[key] = nil }
    for key in last.keys where !keys.contains(key) { last[key] = nil }
  }

  /// What the counters came to since the last look; kept when the last kept sample is old enough.
  private func take(_ stats: ContainerStats, of key: Key) -> Sample {
    let before = last[key]
    last[key] = stats
    var usage = ContainerUsage(stats)
    usage.cpuPercent = stats.cpuPercent(since: before)
    let sample = Sample(at: .systemNow(), usage: usage)
    var kept = samples[key] ?? []
    let interval = Int64(Self.interval / .milliseconds(1)) - 1000
    if kept.last.map({ sample.at.milliseconds - $0.at.milliseconds >= interval }) ?? true {
      kept.append(sample)
      let oldest = sample.at.milliseconds - Int64(Self.history / .milliseconds(1))
      kept.removeAll { $0.at.milliseconds < oldest }
      samples[key] = kept
    }
    return sample
  }
}

extension ContainerStats {
  /// Of one processor, since an earlier look; the engine's own figure, or 0, without one.
  fileprivate func cpuPercent(since before: ContainerStats?) -> Double {
    guard let before, readAt > before.readAt,
      cpu.usage.totalNanoseconds >= before.cpu.usage.totalNanoseconds
    else { return cpuPercent ?? 0 }
    let used = Double(cpu.usage.totalNanoseconds - before.cpu.usage.totalNanoseconds)
    return used / readAt.nanoseconds(since: before.readAt) * 100
  }
}

extension EngineTimestamp {
  fileprivate func nanoseconds(since earlier: Self) -> Double {
    Double(seconds - earlier.seconds) * 1e9 + Double(nanoseconds - earlier.nanoseconds)
  }
}
