import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of gpus, and what neither takes.
@Suite struct GpusTests {
  private static let forms: [(String, String)] = [
    ("gpus: all", #"{"gpus": [{"count": -1}]}"#),
    ("gpus: [{count: 1}]", #"{"gpus": [{"count": 1}]}"#),
    ("gpus: [{driver: nvidia, device_ids: [a]}]", #"{"gpus": [{"driver": "nvidia", "device_ids": ["a"]}]}"#),
    ("gpus: [{capabilities: [gpu, x]}]", #"{"gpus": [{"capabilities": ["gpu", "x"], "count": -1}]}"#),
    ("gpus: [{count: all}]", #"{"gpus": [{"count": -1}]}"#),
    ("gpus: [{}]", #"{"gpus": [{"count": -1}]}"#),
    ("gpus: []", "{}"),
    ("gpus: [{capabilities: [gpu]}]", #"{"gpus": [{"capabilities": ["gpu"], "count": -1}]}"#),
    ("gpus: [{capabilities: [gpu, tpu]}]", #"{"gpus": [{"capabilities": ["gpu", "tpu"], "count": -1}]}"#),
    ("gpus: [{capabilities: []}]", #"{"gpus": [{"count": -1}]}"#),
    (#"gpus: [{count: "2"}]"#, #"{"gpus": [{"count": 2}]}"#),
    ("gpus: [{count: -1}]", #"{"gpus": [{"count": -1}]}"#),
    (#"gpus: [{count: "5"}]"#, #"{"gpus": [{"count": 5}]}"#),
    (#"gpus: [{device_ids: ["0", "3"]}]"#, #"{"gpus": [{"device_ids": ["0", "3"]}]}"#),
    ("gpus: [{device_ids: [a]}]", #"{"gpus": [{"device_ids": ["a"]}]}"#),
    ("gpus: [{device_ids: []}]", #"{"gpus": [{}]}"#),
    ("gpus: [{driver: nvidia}]", #"{"gpus": [{"driver": "nvidia", "count": -1}]}"#),
    ("gpus: [{driver: cdi}]", #"{"gpus": [{"driver": "cdi", "count": -1}]}"#),
    (#"gpus: [{driver: "5"}]"#, #"{"gpus": [{"driver": "5", "count": -1}]}"#),
    ("gpus: [{options: {virtualization: false}}]", #"{"gpus": [{"count": -1, "options": {"virtualization": "false"}}]}"#),
    ("gpus: [{options: [a=b, c]}]", #"{"gpus": [{"count": -1, "options": {"a": "b", "c": ""}}]}"#),
    ("gpus: [{options: {a: 1, b: null}}]", #"{"gpus": [{"count": -1, "options": {"a": "1", "b": ""}}]}"#),
    ("gpus: [{options: []}]", #"{"gpus": [{"count": -1}]}"#),
    ("gpus: [{options: {}}]", #"{"gpus": [{"count": -1}]}"#),
  ]

  @Test(arguments: forms)
  func `Each form of gpus has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("gpus: [{count: 1, device_ids: [a]}]", "4:12 conflictingValues"),
    ("gpus: null", "4:11 wrongType"),
    ("gpus: [{capabilities: null}]", "4:27 wrongType"),
    ("gpus: [{count: null}]", "4:20 wrongType"),
    ("gpus: [{device_ids: null}]", "4:25 wrongType"),
    ("gpus: [{driver: null}]", "4:21 wrongType"),
    ("gpus: [{options: null}]", "4:22 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with gpus is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
