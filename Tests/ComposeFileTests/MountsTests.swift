import Testing

@testable import ComposeFile

/// What Docker Compose 5.6.1 makes of a mount, and what neither takes.
@Suite struct MountsTests {
  private static let forms: [(String, String)] = [
    ("tmpfs: /run", #"{"tmpfs": ["/run"]}"#),
    ("tmpfs: [/run, /tmp]", #"{"tmpfs": ["/run", "/tmp"]}"#),
    ("tmpfs: '/run:size=64m,mode=755'", #"{"tmpfs": ["/run:size=64m,mode=755"]}"#),
    ("tmpfs: [/run, /run]", #"{"tmpfs": ["/run"]}"#),
    ("tmpfs: ['/run:size=1m', '/run:size=2m']", #"{"tmpfs": ["/run:size=2m"]}"#),
    ("tmpfs: []", "{}"),
    (#"tmpfs: "5""#, #"{"tmpfs": ["5"]}"#),
    ("volumes: ['v1:/d']", #"{"volumes": [{"type": "volume", "source": "v1", "target": "/d", "volume": {}}]}"#),
    (
      "volumes: ['./a:/b:ro']",
      #"{"volumes": [{"type": "bind", "source": "/p/a", "target": "/b", "read_only": true, "bind": {}}]}"#
    ),
    ("volumes: [/anon]", #"{"volumes": [{"type": "volume", "target": "/anon", "volume": {}}]}"#),
    ("volumes: ['~/a:/b']", #"{"volumes": [{"type": "bind", "source": "/home/nobody/a", "target": "/b", "bind": {}}]}"#),
    (
      "volumes: ['v1:/d:z']",
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "/d", "bind": {"selinux": "z"}, "volume": {}}]}"#
    ),
    (
      "volumes: ['v1:/d:nocopy,ro']",
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "/d", "read_only": true, "volume": {"nocopy": true}}]}"#
    ),
    (
      "volumes: ['/a:/b:rshared,rw']",
      #"{"volumes": [{"type": "bind", "source": "/a", "target": "/b", "bind": {"propagation": "rshared"}}]}"#
    ),
    ("volumes: ['/a:/b/../c']", #"{"volumes": [{"type": "bind", "source": "/a", "target": "/c", "bind": {}}]}"#),
    ("volumes: ['.:/b']", #"{"volumes": [{"type": "bind", "source": "/p", "target": "/b", "bind": {}}]}"#),
    ("volumes: ['c:/d']", #"{"volumes": [{"type": "volume", "target": "c:/d", "volume": {}}]}"#),
    (#"volumes: ['C:\a:/b']"#, #"{"volumes": [{"type": "bind", "source": "C:\\a", "target": "/b", "bind": {}}]}"#),
    ("volumes: ['a:b']", #"{"volumes": [{"type": "volume", "target": "a:b", "volume": {}}]}"#),
    ("volumes: ['v1:d']", #"{"volumes": [{"type": "volume", "source": "v1", "target": "d", "volume": {}}]}"#),
    ("volumes: ['/a:b']", #"{"volumes": [{"type": "bind", "source": "/a", "target": "b", "bind": {}}]}"#),
    ("volumes: ['v1:/d:bogus']", #"{"volumes": [{"type": "volume", "source": "v1", "target": "/d", "volume": {}}]}"#),
    ("volumes: [a]", #"{"volumes": [{"type": "volume", "target": "a"}]}"#),
    ("volumes: ['/a:/b', '/c:/b']", #"{"volumes": [{"type": "bind", "source": "/c", "target": "/b", "bind": {}}]}"#),
    (
      "volumes: ['v1:/d:volume-subpath=x']",
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "/d", "volume": {}}]}"#
    ),
    ("volumes: ['/d/']", #"{"volumes": [{"type": "volume", "target": "/d", "volume": {}}]}"#),
    (
      "volumes: [{type: volume, source: v1, target: /d}]",
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "/d"}]}"#
    ),
    ("volumes: [{type: bind, source: ./a, target: /b}]", #"{"volumes": [{"type": "bind", "source": "/p/a", "target": "/b"}]}"#),
    ("volumes: [{type: tmpfs, target: /t}]", #"{"volumes": [{"type": "tmpfs", "target": "/t"}]}"#),
    (
      "volumes: [{type: image, source: i, target: /t, image: {subpath: s}}]",
      #"{"volumes": [{"type": "image", "source": "i", "target": "/t", "image": {"subpath": "s"}}]}"#
    ),
    (
      #"volumes: [{type: npipe, source: '\\.\pipe\a', target: '\\.\pipe\b'}]"#,
      #"{"volumes": [{"type": "npipe", "source": "\\\\.\\pipe\\a", "target": "\\\\.\\pipe\\b"}]}"#
    ),
    (
      "volumes: [{type: cluster, source: v1, target: /d}]",
      #"{"volumes": [{"type": "cluster", "source": "v1", "target": "/d"}]}"#
    ),
    ("volumes: [{type: volume, target: /d}]", #"{"volumes": [{"type": "volume", "target": "/d"}]}"#),
    ("volumes: [{type: tmpfs, source: a, target: /t}]", #"{"volumes": [{"type": "tmpfs", "source": "a", "target": "/t"}]}"#),
    (
      "volumes: [{type: bind, source: ~/a, target: /b}]",
      #"{"volumes": [{"type": "bind", "source": "/home/nobody/a", "target": "/b"}]}"#
    ),
    (
      #"volumes: [{type: bind, source: C:\a, target: /b}]"#,
      #"{"volumes": [{"type": "bind", "source": "C:\\a", "target": "/b"}]}"#
    ),
    ("volumes: ['//a:/b']", #"{"volumes": [{"type": "bind", "source": "//a", "target": "/b", "bind": {}}]}"#),
    ("volumes: ['.:/b:consistent,rw']", #"{"volumes": [{"type": "bind", "source": "/p", "target": "/b", "bind": {}}]}"#),
    ("volumes: []", "{}"),
    (
      "volumes: [{type: volume, source: v1, target: /a}]",
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "/a"}]}"#
    ),
    ("volumes: [{type: volume, source: v1, target: a}]", #"{"volumes": [{"type": "volume", "source": "v1", "target": "a"}]}"#),
    (
      "volumes: [{type: volume, source: v1, target: /a/../b/}]",
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "/b"}]}"#
    ),
    (
      #"volumes: [{type: volume, source: v1, target: "5"}]"#,
      #"{"volumes": [{"type": "volume", "source": "v1", "target": "5"}]}"#
    ),
  ]

  @Test(arguments: forms)
  func `Each form of a mount has its canonical form`(lines: String, expected: String) throws {
    #expect(try AttributeTable.service(lines) == expected.asJSON)
  }

  private static let refused: [(String, String)] = [
    ("tmpfs: null", "4:12 wrongType"),
    ("volumes: [nope:/d]", "4:15 undefinedVolume"),
    ("volumes: ['v1:/d:ro:x']", "4:15 invalidValue"),
    ("volumes: ['']", "4:15 invalidValue"),
    ("volumes: [{type: bind, target: /d}]", "4:15 missingValue"),
    ("volumes: [{target: /d}]", "4:15 missingValue"),
    ("volumes: [{type: bogus, target: /d}]", "4:22 invalidValue"),
    ("volumes: [{type: volume, source: v1}]", "4:15 missingValue"),
    ("volumes: ['a/b:/c']", "4:15 undefinedVolume"),
    ("volumes: null", "4:14 wrongType"),
    ("volumes: [{type: volume, source: v1, target: null}]", "4:15 missingValue, 4:50 wrongType"),
    ("volumes: [{type: volume, source: nope, target: /t}]", "4:15 undefinedVolume"),
    ("volumes: [{type: volume, source: ./a, target: /t}]", "4:15 undefinedVolume"),
    ("volumes: [{type: volume, source: /abs, target: /t}]", "4:15 undefinedVolume"),
    ("volumes: [{type: volume, source: null, target: /t}]", "4:38 wrongType"),
    ("volumes: [{type: bind, source: ~, target: /t}]", "4:15 missingValue, 4:36 wrongType"),
    ("volumes: [{type: bind, source: null, target: /t}]", "4:15 missingValue, 4:36 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, read_only: null}]", "4:62 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, consistency: null}]", "4:64 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {bogus: 1}}]", "4:58 unknownKey"),
    ("volumes: [{type: bind, source: ., target: /t, bind: null}]", "4:57 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {create_host_path: null}}]", "4:76 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {propagation: null}}]", "4:71 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {recursive: bogus}}]", "4:69 invalidValue"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {recursive: null}}]", "4:69 wrongType"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {selinux: q}}]", "4:67 invalidValue"),
    ("volumes: [{type: bind, source: ., target: /t, bind: {selinux: null}}]", "4:67 wrongType"),
    ("volumes: [{type: volume, source: v1, target: /t, volume: null}]", "4:62 wrongType"),
    ("volumes: [{type: volume, source: v1, target: /t, volume: {nocopy: null}}]", "4:71 wrongType"),
    ("volumes: [{type: volume, source: v1, target: /t, volume: {subpath: null}}]", "4:72 wrongType"),
  ]

  @Test(arguments: refused)
  func `What is wrong with a mount is told at its place`(lines: String, expected: String) {
    #expect(AttributeTable.refusals(of: lines).joined(separator: ", ") == expected)
  }
}
