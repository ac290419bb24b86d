import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of blkio_config, and what neither takes.
@Suite struct BlkioTests {
  private static let forms: [(String, String)] = [
    ("blkio_config: {weight: 300}", #"{"blkio_config": {"weight": 300}}"#),
    (
      "blkio_config: {weight: 10, weight_device: [{path: /dev/a, weight: 400}]}",
      #"{"blkio_config": {"weight": 10, "weight_device": [{"Path": "/dev/a", "Weight": 400}]}}"#
    ),
    ("blkio_config: {}", #"{"blkio_config": {}}"#),
    ("blkio_config: {weight: 10}", #"{"blkio_config": {"weight": 10}}"#),
    ("blkio_config: {weight: 1000}", #"{"blkio_config": {"weight": 1000}}"#),
    (
      "blkio_config: {weight_device: [{path: /dev/a, weight: 400}]}",
      #"{"blkio_config": {"weight_device": [{"Path": "/dev/a", "Weight": 400}]}}"#
    ),
    (
      "blkio_config: {weight_device: [{path: /dev/a, weight: 1}, {path: /dev/a, weight: 2}]}",
      #"{"blkio_config": {"weight_device": [{"Path": "/dev/a", "Weight": 1}, {"Path": "/dev/a", "Weight": 2}]}}"#
    ),
    ("blkio_config: {weight_device: []}", #"{"blkio_config": {}}"#),
    (
      "blkio_config: {weight_device: [{path: /d, weight: 10}]}",
      #"{"blkio_config": {"weight_device": [{"Path": "/d", "Weight": 10}]}}"#
    ),
    (
      "blkio_config: {weight_device: [{path: /dev/a, weight: 3}]}",
      #"{"blkio_config": {"weight_device": [{"Path": "/dev/a", "Weight": 3}]}}"#
    ),
    (
      #"blkio_config: {weight_device: [{path: "5", weight: 3}]}"#,
      #"{"blkio_config": {"weight_device": [{"Path": "5", "Weight": 3}]}}"#
    ),
    (
      "blkio_config: {device_read_bps: [{path: /d, rate: 1mb}]}",
      #"{"blkio_config": {"device_read_bps": [{"Path": "/d", "Rate": "1048576"}]}}"#
    ),
    (
      "blkio_config: {device_read_bps: [{path: /d, rate: 1024}]}",
      #"{"blkio_config": {"device_read_bps": [{"Path": "/d", "Rate": "1024"}]}}"#
    ),
    ("blkio_config: {device_read_bps: []}", #"{"blkio_config": {}}"#),
    (
      "blkio_config: {device_write_bps: [{path: /d, rate: 1024k}]}",
      #"{"blkio_config": {"device_write_bps": [{"Path": "/d", "Rate": "1048576"}]}}"#
    ),
    (
      "blkio_config: {device_write_bps: [{path: /d, rate: 1.5g}]}",
      #"{"blkio_config": {"device_write_bps": [{"Path": "/d", "Rate": "1610612736"}]}}"#
    ),
    (
      #"blkio_config: {device_write_bps: [{path: /d, rate: "5"}]}"#,
      #"{"blkio_config": {"device_write_bps": [{"Path": "/d", "Rate": "5"}]}}"#
    ),
    (
      "blkio_config: {device_read_iops: [{path: /d, rate: 120}]}",
      #"{"blkio_config": {"device_read_iops": [{"Path": "/d", "Rate": "120"}]}}"#
    ),
    (
      #"blkio_config: {device_read_iops: [{path: /d, rate: "5"}]}"#,
      #"{"blkio_config": {"device_read_iops": [{"Path": "/d", "Rate": "5"}]}}"#
    ),
    (
      "blkio_config: {device_write_iops: [{path: /dev/a, rate: 3}]}",
      #"{"blkio_config": {"device_write_iops": [{"Path": "/dev/a", "Rate": "3"}]}}"#
    ),
    (
      #"blkio_config: {device_write_iops: [{path: "5", rate: 3}]}"#,
      #"{"blkio_config": {"device_write_iops": [{"Path": "5", "Rate": "3"}]}}"#
    ),
  ]

  @Test(arguments: forms)
  func `Each form of blkio_config has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("blkio_config: null", "4:19 wrongType"),
    ("blkio_config: {weight: null}", "4:28 wrongType"),
    ("blkio_config: {weight_device: null}", "4:35 wrongType"),
    ("blkio_config: {weight_device: [{path: /d, weight: null}]}", "4:55 wrongType"),
    ("blkio_config: {weight_device: [{path: null, weight: 3}]}", "4:43 wrongType"),
    ("blkio_config: {device_read_bps: null}", "4:37 wrongType"),
    ("blkio_config: {device_write_bps: [{path: /d, rate: null}]}", "4:56 wrongType"),
    ("blkio_config: {device_read_iops: [{path: /d, rate: null}]}", "4:56 wrongType"),
    ("blkio_config: {device_write_iops: [{path: null, rate: 3}]}", "4:47 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with blkio_config is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
