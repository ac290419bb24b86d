import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of healthcheck, and what neither takes.
@Suite struct HealthcheckTests {
  private static let forms: [(String, String)] = [
    ("healthcheck: {disable: true}", #"{"healthcheck": {"disable": true}}"#),
    ("healthcheck: {test: [NONE]}", #"{"healthcheck": {"test": ["NONE"]}}"#),
    ("healthcheck: {test: [CMD, a]}", #"{"healthcheck": {"test": ["CMD", "a"]}}"#),
    ("healthcheck: {test: [CMD-SHELL, a b]}", #"{"healthcheck": {"test": ["CMD-SHELL", "a b"]}}"#),
    ("healthcheck: {test: []}", #"{"healthcheck": {}}"#),
    ("healthcheck: {x-a: 1}", #"{"healthcheck": {}}"#),
    ("healthcheck: {disable: true, test: a}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "disable": true}}"#),
    ("healthcheck: {}", #"{"healthcheck": {}}"#),
    ("healthcheck: {test: a b}", #"{"healthcheck": {"test": ["CMD-SHELL", "a b"]}}"#),
    ("healthcheck: {test: [CMD-SHELL, a, b]}", #"{"healthcheck": {"test": ["CMD-SHELL", "a", "b"]}}"#),
    ("healthcheck: {test: NONE}", #"{"healthcheck": {"test": ["CMD-SHELL", "NONE"]}}"#),
    (#"healthcheck: {test: "5"}"#, #"{"healthcheck": {"test": ["CMD-SHELL", "5"]}}"#),
    ("healthcheck: {test: a, interval: 1m30s}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "1m30s"}}"#),
    ("healthcheck: {test: a, interval: 500ms}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "500ms"}}"#),
    ("healthcheck: {test: a, interval: 1h}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "1h0m0s"}}"#),
    ("healthcheck: {test: a, interval: 1.5s}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "1.5s"}}"#),
    ("healthcheck: {test: a, interval: 2d}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "48h0m0s"}}"#),
    ("healthcheck: {test: a, interval: 1w}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "168h0m0s"}}"#),
    ("healthcheck: {test: a, interval: -5s}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "-5s"}}"#),
    ("healthcheck: {test: a, interval: 1us}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "1µs"}}"#),
    ("healthcheck: {test: a, interval: 1µs}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "1µs"}}"#),
    ("healthcheck: {test: a, interval: 100ns}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "100ns"}}"#),
    ("healthcheck: {test: a, interval: 1h1h}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "2h0m0s"}}"#),
    ("healthcheck: {test: a, interval: 0.5h}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "interval": "30m0s"}}"#),
    ("healthcheck: {test: a, timeout: 10s}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "timeout": "10s"}}"#),
    ("healthcheck: {test: a, retries: 3}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "retries": 3}}"#),
    ("healthcheck: {test: a, retries: '3'}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "retries": 3}}"#),
    (#"healthcheck: {test: a, retries: "5"}"#, #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "retries": 5}}"#),
    ("healthcheck: {test: a, start_period: 40s}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "start_period": "40s"}}"#),
    ("healthcheck: {test: a, start_interval: 40s}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "start_interval": "40s"}}"#),
    ("healthcheck: {test: a, disable: true}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"], "disable": true}}"#),
    ("healthcheck: {test: a, disable: false}", #"{"healthcheck": {"test": ["CMD-SHELL", "a"]}}"#),
  ]

  @Test(arguments: forms)
  func `Each form of healthcheck has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("healthcheck: {test: [a]}", "4:25 invalidValue"),
    ("healthcheck: {bogus: 1}", "4:19 unknownKey"),
    ("healthcheck: null", "4:18 wrongType"),
    ("healthcheck: {test: null}", "4:25 wrongType"),
    ("healthcheck: {test: a, interval: 0}", "4:38 wrongType"),
    ("healthcheck: {test: a, interval: '30'}", "4:38 invalidValue"),
    ("healthcheck: {test: a, interval: 5 s}", "4:38 invalidValue"),
    ("healthcheck: {test: a, interval: null}", "4:38 wrongType"),
    ("healthcheck: {test: a, timeout: null}", "4:37 wrongType"),
    ("healthcheck: {test: a, retries: -1}", "4:37 invalidValue"),
    ("healthcheck: {test: a, retries: null}", "4:37 wrongType"),
    ("healthcheck: {test: a, start_period: null}", "4:42 wrongType"),
    ("healthcheck: {test: a, start_interval: null}", "4:44 wrongType"),
    ("healthcheck: {test: a, disable: null}", "4:37 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with healthcheck is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
