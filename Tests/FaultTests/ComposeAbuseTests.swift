import Foundation
import Glibc
import SlipwayTesting
import Testing

/// Hostile compose input at the command line: refused with place and reason, quickly, in little memory, and nothing is touched.
///
/// The address of the engine leads nowhere: what gets that far has got too far.
@Suite(
  .enabled("set SLIPWAY_TEST_BINARY") { ProcessInfo.processInfo.environment["SLIPWAY_TEST_BINARY"] != nil },
  .timeLimit(.minutes(2)))
struct ComposeAbuseTests {
  /// A debug build takes some times as long as the one that users get; the goal for that is 100 ms and 64 MiB.
  private static let timeLimit: Duration = .seconds(1)
  private static let memoryLimitKiB = 96 << 10

  private struct Folder {
    let path = NSTemporaryDirectory() + "/slipway-abuse-\(UInt64.random(in: 0 ... .max))"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    func write(_ text: String, to name: String = "compose.yaml") throws {
      let file = path + "/" + name
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    func run(_ arguments: String..., settings: [String: String] = [:]) async throws -> SpawnedCommand {
      let environment = [
        "PATH": "/usr/bin:/bin", "HOME": path, "SLIPWAY_DATA": path + "/data", "DOCKER_HOST": "unix:///nowhere/docker.sock",
        "SWIFT_BACKTRACE": "enable=no",
      ].merging(settings) { $1 }
      return try await SpawnedCommand.run(
        FaultLane.binary, arguments, in: path, environment: environment, watchesMemory: true)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }

    var hasData: Bool { FileManager.default.fileExists(atPath: path + "/data") }
  }

  /// Runs `config` and `deploy` on `text`; both are refused with all of `words` and a place in the file.
  private func expectRefusal(
    _ name: String, _ text: String, files: [String: String] = [:], says words: [String], hasPlace: Bool = true
  ) async throws {
    let folder = try Folder()
    try folder.write(text)
    for (name, text) in files { try folder.write(text, to: name) }
    for command in ["config", "deploy"] {
      let ended = try await folder.run(command, "-p", "abuse")
      let start = String(ended.errors.prefix(600))
      #expect(ended.code == 1, "\(name): \(start)")
      for word in words { #expect(ended.errors.contains(word), "\(name): \(word) in \(start)") }
      if hasPlace { #expect(ended.errors.contains(#/[^ \n]*\.yaml:\d+:\d+: /#), "\(name): no place in \(start)") }
      #expect(!ended.errors.contains("nowhere/docker.sock"), "\(name): got as far as the engine")
      #expect(ended.errors.utf8.count < 64 << 10, "\(name): \(ended.errors.utf8.count) bytes of errors")
      #expect(ended.processorTime < Self.timeLimit, "\(name): \(ended.processorTime)")
      #expect(ended.peakKiB < Self.memoryLimitKiB, "\(name): \(ended.peakKiB) KiB")
      print("\(name), \(command): \(Int(ended.processorTime / .milliseconds(1))) ms of processor, \(ended.peakKiB >> 10) MiB")
    }
    #expect(!folder.hasData, "\(name)")
    try folder.remove()
  }

  @Test func `AB-D1: a bomb of aliases is refused with its line`() async throws {
    var text = "services: {web: {image: x, labels: *i}}\nx-0: &a [x, x, x, x, x, x, x, x, x]\n"
    for (name, last) in zip(["b", "c", "d", "e", "f", "g", "h", "i", "j"], ["a", "b", "c", "d", "e", "f", "g", "h", "i"]) {
      text += "x-\(name): &\(name) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ", ") + "]\n"
    }
    let lines = text.split(separator: "\n")
    try await expectRefusal(
      "AB-D1", (lines.dropFirst() + lines.prefix(1)).joined(separator: "\n") + "\n", says: ["compose.yaml:"])
  }

  @Test func `AB-D2: circles are refused, the chain shown`() async throws {
    try await expectRefusal("AB-D2 merge", "x-a: &a {<<: *a}\nservices: {web: {image: x}}\n", says: ["compose.yaml:1:"])
    try await expectRefusal("AB-D2 sequence", "x-a: &a [*a]\nservices: {web: {image: x}}\n", says: ["compose.yaml:1:"])
    try await expectRefusal(
      "AB-D2 include", "include: [b.yaml]\nservices: {web: {image: x}}\n", files: ["b.yaml": "include: [compose.yaml]\n"],
      says: ["cycle", "b.yaml", "compose.yaml"])
    try await expectRefusal(
      "AB-D2 extends", "services:\n  a: {extends: {service: b}}\n  b: {extends: {service: a}}\n", says: ["cycle", "a", "b"])
    try await expectRefusal(
      "AB-D2 extends by files", "services:\n  a: {extends: {service: b, file: b.yaml}}\n",
      files: ["b.yaml": "services:\n  b: {extends: {service: a, file: compose.yaml}}\n"], says: ["cycle"])
    try await expectRefusal(
      "AB-D2 depends_on", "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n",
      says: ["wait for each other", "a -> b"])
  }

  @Test func `AB-D3: depth and size are refused early`() async throws {
    try await expectRefusal("AB-D3 200,000 lists", String(repeating: "[", count: 200_000), says: ["compose.yaml:1:"])
    try await expectRefusal("AB-D3 100,000 maps", String(repeating: "{a: ", count: 100_000), says: ["compose.yaml:1:"])
    var blocks = ""
    for depth in 0..<1000 { blocks += String(repeating: " ", count: depth) + "a:\n" }
    try await expectRefusal("AB-D3 1,000 block levels", blocks, says: ["compose.yaml:"])
    try await expectRefusal(
      "AB-D3 a key of 2 MB", String(repeating: "k", count: 2 << 20) + ": 1\n", says: ["compose.yaml"], hasPlace: false)
    try await expectRefusal(
      "AB-D3 100,000 times one key", String(repeating: "a: 1\n", count: 100_000), says: ["compose.yaml:2:1"])
    try await expectRefusal("AB-D3 a tag", "services: !!python/object {}\n", says: ["compose.yaml:1:11: ", "python/object"])
    try await expectRefusal(
      "AB-D3 a port range", "services: {web: {image: x, ports: [\"1-60000:1-60000\"]}}\n", says: ["compose.yaml:1:"])
  }

  @Test(arguments: [
    "../x", "..%2fx", ".", String(repeating: "a", count: 64), "A", "a/b", "-rf", "ａ", "a b", "a\nb", "é", "$(id)",
  ])
  func `AB-D4: a project name out of the rules is refused by every command`(name: String) async throws {
    let folder = try Folder()
    try folder.write("services: {web: {image: x}}\n")
    for command in ["config", "plan", "deploy", "up", "down", "ps", "logs", "revisions", "rollback", "diff"] {
      let more = command == "diff" ? ["1", "2"] : []
      let environment = [
        "PATH": "/usr/bin:/bin", "HOME": folder.path, "SLIPWAY_DATA": folder.path + "/data",
        "DOCKER_HOST": "unix:///nowhere/docker.sock",
      ]
      let ended = try await SpawnedCommand.run(
        FaultLane.binary, [command, "--project-name=\(name)"] + more, in: folder.path, environment: environment)
      #expect(ended.code == 1, "\(command): \(ended.errors)")
      #expect(ended.errors.contains("project name") || ended.errors.contains("--project-name"), "\(command): \(ended.errors)")
    }
    #expect(!folder.hasData)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["compose.yaml"])
    try folder.remove()
  }

  @Test func `AB-D5: files that are none are refused without a hang and without their content`() async throws {
    let canary = "canary\(UInt64.random(in: 0 ... .max))"
    for (name, text) in [
      ("include", "include: [/proc/self/environ]\nservices: {web: {image: x}}\n"),
      ("include of a pipe", "include: [pipe]\nservices: {web: {image: x}}\n"),
      ("env_file of a pipe", "services: {web: {image: x, env_file: pipe}}\n"),
      ("env_file of a folder", "services: {web: {image: x, env_file: .}}\n"),
      ("extends of a pipe", "services: {web: {extends: {service: a, file: pipe}}}\n"),
      ("env_file without end", "services: {web: {image: x, env_file: /dev/zero}}\n"),
    ] {
      let folder = try Folder()
      try folder.write(text)
      try #require(unsafe mkfifo(folder.path + "/pipe", 0o600) == 0)
      for command in ["config", "deploy"] {
        let ended = try await folder.run(command, "-p", "abuse", settings: ["CANARY": canary])
        #expect(ended.code == 1, "\(name): \(ended.errors)")
        #expect(ended.processorTime < Self.timeLimit, "\(name): \(ended.processorTime)")
        #expect(!ended.errors.contains(canary) && !ended.output.contains(canary), "\(name)")
        #expect(!ended.errors.contains("nowhere/docker.sock"), "\(name): got as far as the engine: \(ended.errors)")
        #expect(ended.peakKiB < Self.memoryLimitKiB, "\(name): \(ended.peakKiB) KiB")
      }
      try folder.remove()
    }
    let folder = try Folder()
    try #require(unsafe mkfifo(folder.path + "/compose.yaml", 0o600) == 0)
    let ended = try await folder.run("config", "-p", "abuse")
    #expect(ended.code == 1 && ended.processorTime < Self.timeLimit, "\(ended.errors)")
    try folder.remove()
  }

  @Test func `AB-E5: text of labels, tags and names runs nowhere`() async throws {
    let folder = try Folder()
    let mark = folder.path + "/mark"
    try folder.write(
      """
      services:
        web:
          image: slipway/base:1
          labels: {x.pre-update: "touch \(mark)|sh", other: "$$(touch \(mark))"}
          x-slipway: {backup: {mode: dump, command: "touch \(mark)", pre_exec: {command: [touch, "\(mark)"]}}}

      """)
    let config = try await folder.run("config", "-p", "abuse")
    #expect(config.code == 0, "\(config.errors)")
    _ = try await folder.run("deploy", "-p", "abuse")
    #expect(!FileManager.default.fileExists(atPath: mark))
    try folder.remove()
  }

  @Test func `AB-H5: an interpolated value is data, whatever it holds`() async throws {
    let folder = try Folder()
    try folder.write("services: {web: {image: x, environment: {A: \"${VALUE}\", B: \"${EMPTY-}\"}}}\n")
    for value in [
      "${HOME}", "$(id)", "a: b\n- c", "'\"`\\", "&a *b !c", "{x: 1}", "$$HOME", String(repeating: "v", count: 100_000),
    ] {
      let ended = try await folder.run("config", "-p", "abuse", "--format", "json", settings: ["VALUE": value])
      #expect(ended.code == 0, "\(ended.errors)")
      let root = try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
      let services = root["services"] as? [String: [String: Any]]
      let environment = services?["web"]?["environment"] as? [String: String]
      // `config` writes a dollar twice, so that what it prints can be read again.
      #expect(environment?["A"] == value.replacingOccurrences(of: "$", with: "$$"))
    }
    try folder.remove()
  }

  @Test func `All mistakes of a file are told at once, each with its place and a remedy`() async throws {
    try await expectRefusal(
      "mistakes",
      """
      services:
        web:
          imag: x
          ports: [true]
          networks: [nowhere]
          volumes: ["data:/d"]
          depends_on: [ghost]

      """, says: ["imag", "compose.yaml:3:", "fix:"])
  }
}
