import Testing

@testable import SlipwayServer

@Suite struct PollingPauseTests {
  private let now = ContinuousClock.now

  private func isDue(_ tries: GitPolling.Tries, _ head: String, after: Duration, interval: Duration = .seconds(60)) -> Bool {
    tries.isDue(head, interval: interval, now: now + after)
  }

  @Test func `A commit that nobody has tried is deployed at once`() {
    #expect(isDue(GitPolling.Tries(), "a", after: .zero))
    #expect(isDue(GitPolling.Tries(commit: "b", count: 9, asked: now), "a", after: .zero))
  }

  @Test(arguments: [(1, 60), (2, 120), (4, 480), (7, 3600), (60, 3600)])
  func `A deploy that has failed is tried again, later each time`(count: Int, seconds: Int) {
    let tries = GitPolling.Tries(commit: "a", count: count, asked: now)
    #expect(!isDue(tries, "a", after: .seconds(seconds - 1)))
    #expect(isDue(tries, "a", after: .seconds(seconds)))
  }

  @Test func `It is never tried more often than the repository is looked at`() {
    let tries = GitPolling.Tries(commit: "a", count: 1, asked: now)
    #expect(!isDue(tries, "a", after: .seconds(7199), interval: .seconds(7200)))
    #expect(isDue(tries, "a", after: .seconds(7200), interval: .seconds(7200)))
  }
}
