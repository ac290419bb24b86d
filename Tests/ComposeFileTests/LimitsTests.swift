import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a limit, and what neither takes.
@Suite struct LimitsTests {
  private static let forms: [(String, String)] = [
    ("cpu_count: 2", #"{"cpu_count": 2}"#),
    ("cpu_count: '2'", #"{"cpu_count": 2}"#),
    (#"cpu_count: "5""#, #"{"cpu_count": 5}"#),
    ("cpu_percent: 50", #"{"cpu_percent": 50}"#),
    ("cpu_percent: '50'", #"{"cpu_percent": 50}"#),
    ("cpu_percent: 100", #"{"cpu_percent": 100}"#),
    (#"cpu_percent: "5""#, #"{"cpu_percent": 5}"#),
    ("cpu_period: 100000", #"{"cpu_period": 100000}"#),
    ("cpu_period: '100000'", #"{"cpu_period": 100000}"#),
    (#"cpu_period: "5""#, #"{"cpu_period": 5}"#),
    ("cpu_quota: 50000", #"{"cpu_quota": 50000}"#),
    ("cpu_quota: '50000'", #"{"cpu_quota": 50000}"#),
    (#"cpu_quota: "5""#, #"{"cpu_quota": 5}"#),
    ("cpu_rt_period: 1400", #"{"cpu_rt_period": 1400}"#),
    (#"cpu_rt_period: "5""#, #"{"cpu_rt_period": 5}"#),
    ("cpu_rt_runtime: 95000", #"{"cpu_rt_runtime": 95000}"#),
    (#"cpu_rt_runtime: "5""#, #"{"cpu_rt_runtime": 5}"#),
    ("cpu_shares: 73", #"{"cpu_shares": 73}"#),
    ("cpu_shares: '73'", #"{"cpu_shares": 73}"#),
    (#"cpu_shares: "5""#, #"{"cpu_shares": 5}"#),
    ("cpus: 0.5", #"{"cpus": 0.5}"#),
    ("cpus: '0.5'", #"{"cpus": 0.5}"#),
    ("cpus: 2", #"{"cpus": 2}"#),
    ("cpus: 0.123456789", #"{"cpus": 0.12345679}"#),
    ("cpus: 1e-3", #"{"cpus": 0.001}"#),
    (#"cpus: "5""#, #"{"cpus": 5}"#),
    ("cpuset: '0-3'", #"{"cpuset": "0-3"}"#),
    ("cpuset: '0,1'", #"{"cpuset": "0,1"}"#),
    (#"cpuset: "5""#, #"{"cpuset": "5"}"#),
    ("mem_limit: 512m", #"{"mem_limit": "536870912"}"#),
    ("mem_limit: 1024", #"{"mem_limit": "1024"}"#),
    ("mem_limit: '1g'", #"{"mem_limit": "1073741824"}"#),
    ("mem_limit: 1.5g", #"{"mem_limit": "1610612736"}"#),
    ("mem_limit: 1GiB", #"{"mem_limit": "1073741824"}"#),
    ("mem_limit: 10 mb", #"{"mem_limit": "10485760"}"#),
    ("mem_limit: 100kB", #"{"mem_limit": "102400"}"#),
    (#"mem_limit: "5""#, #"{"mem_limit": "5"}"#),
    ("mem_reservation: 512m", #"{"mem_reservation": "536870912"}"#),
    ("mem_reservation: 1024", #"{"mem_reservation": "1024"}"#),
    (#"mem_reservation: "5""#, #"{"mem_reservation": "5"}"#),
    ("mem_swappiness: 60", #"{"mem_swappiness": "60"}"#),
    ("mem_swappiness: '60'", #"{"mem_swappiness": "60"}"#),
    (#"mem_swappiness: "5""#, #"{"mem_swappiness": "5"}"#),
    ("memswap_limit: 1g", #"{"memswap_limit": "1073741824"}"#),
  ]

  @Test(arguments: forms)
  func `Each form of a limit has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("cpu_count: null", "4:16 wrongType"),
    ("cpu_percent: 50.5", "4:18 wrongType"),
    ("cpu_percent: 101", "4:18 invalidValue"),
    ("cpu_percent: null", "4:18 wrongType"),
    ("cpu_period: 50ms", "4:17 wrongType"),
    ("cpu_period: null", "4:17 wrongType"),
    ("cpu_quota: null", "4:16 wrongType"),
    ("cpu_rt_period: '1400us'", "4:20 wrongType"),
    ("cpu_rt_period: null", "4:20 wrongType"),
    ("cpu_rt_runtime: '400ms'", "4:21 wrongType"),
    ("cpu_rt_runtime: null", "4:21 wrongType"),
    ("cpu_shares: null", "4:17 wrongType"),
    ("cpus: null", "4:11 wrongType"),
    ("cpuset: null", "4:13 wrongType"),
    ("mem_limit: null", "4:16 wrongType"),
    ("mem_reservation: null", "4:22 wrongType"),
    ("mem_swappiness: null", "4:21 wrongType"),
    ("memswap_limit: null", "4:20 wrongType"),
    ("oom_kill_disable: null", "4:23 wrongType"),
    ("oom_score_adj: 1001", "4:20 invalidValue"),
    ("oom_score_adj: '2000'", "4:20 invalidValue"),
    ("oom_score_adj: null", "4:20 wrongType"),
    ("pids_limit: null", "4:17 wrongType"),
    ("shm_size: null", "4:15 wrongType"),
    ("storage_opt: {a: 1, b: true}", "4:28 wrongType"),
    ("storage_opt: null", "4:18 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a limit is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
