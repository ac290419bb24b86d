import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a device, and what neither takes.
@Suite struct DevicesTests {
  private static let forms: [(String, String)] = [
    ("device_cgroup_rules: ['c 1:3 mr', 'a 7:* rmw']", #"{"device_cgroup_rules": ["c 1:3 mr", "a 7:* rmw"]}"#),
    ("device_cgroup_rules: ['bogus']", #"{"device_cgroup_rules": ["bogus"]}"#),
    ("device_cgroup_rules: []", "{}"),
    ("devices: ['/dev/a:/dev/b']", #"{"devices": [{"source": "/dev/a", "target": "/dev/b", "permissions": "rwm"}]}"#),
    ("devices: ['/dev/a']", #"{"devices": [{"source": "/dev/a", "target": "/dev/a", "permissions": "rwm"}]}"#),
    ("devices: ['/dev/a:/dev/b:r']", #"{"devices": [{"source": "/dev/a", "target": "/dev/b", "permissions": "r"}]}"#),
    (
      "devices: [{source: /dev/a, target: /dev/b, permissions: r}]",
      #"{"devices": [{"source": "/dev/a", "target": "/dev/b", "permissions": "r"}]}"#
    ),
    (
      "devices: ['vendor.com/c=d']",
      #"{"devices": [{"source": "vendor.com/c=d", "target": "vendor.com/c=d", "permissions": "rwm"}]}"#
    ),
    (
      "devices: ['/dev/a:/dev/b', '/dev/c:/dev/b']",
      #"{"devices": [{"source": "/dev/c", "target": "/dev/b", "permissions": "rwm"}]}"#
    ),
    ("devices: ['/dev/a:rwm']", #"{"devices": [{"source": "/dev/a", "target": "rwm", "permissions": "rwm"}]}"#),
    ("devices: ['/dev/a::r']", #"{"devices": [{"source": "/dev/a", "target": "/dev/a", "permissions": "r"}]}"#),
    ("devices: []", "{}"),
    ("devices: [{source: /d, target: /e}]", #"{"devices": [{"source": "/d", "target": "/e"}]}"#),
    (#"devices: [{source: /d, target: "5"}]"#, #"{"devices": [{"source": "/d", "target": "5"}]}"#),
    (
      "devices: [{source: /d, target: /e, permissions: rw}]",
      #"{"devices": [{"source": "/d", "target": "/e", "permissions": "rw"}]}"#
    ),
    (
      #"devices: [{source: /d, target: /e, permissions: "5"}]"#,
      #"{"devices": [{"source": "/d", "target": "/e", "permissions": "5"}]}"#
    ),
  ]

  @Test(arguments: forms)
  func `Each form of a device has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("device_cgroup_rules: null", "4:26 wrongType"),
    ("devices: [{source: /dev/a}]", "4:15 missingValue"),
    ("devices: ['a:b:c:d']", "4:15 invalidValue"),
    ("devices: null", "4:14 wrongType"),
    ("devices: [{source: /d, target: null}]", "4:36 wrongType"),
    ("devices: [{source: /d, target: /e, permissions: null}]", "4:53 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a device is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
