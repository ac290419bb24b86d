import DockerEngine
import Foundation
import Orchestration
import Testing

private func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doctor-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

@Suite struct DiagnosisTests {
  @Test func `An engine that is not there is a failure with a remedy, not an error`() async throws {
    let findings = await EngineDiagnosis(EngineTarget(try EngineEndpoint(parsing: "/nowhere/docker.sock"))).findings()
    #expect(findings.map(\.verdict) == [.fail])
    #expect(findings[0].message == "cannot reach the engine at unix:///nowhere/docker.sock: No such file or directory")
    #expect(findings[0].remedy != nil)
  }

  @Test func `A slow storage driver, no cgroups and the engine's own warnings are warnings`() {
    var info = EngineInfo()
    info.driver = "vfs"
    info.cgroupDriver = "none"
    info.warnings = ["No swap limit support"]
    let warnings = EngineDiagnosis.parts(info, isPodman: false).filter { $0.verdict == .warn }
    #expect(warnings.map(\.name) == ["storage", "cgroup", "engine"])
  }

  @Test func `A store that is not there yet is fine, an open folder is not`() async throws {
    try await withFolder { folder in
      let data = folder.appendingPathComponent("data").path
      #expect(await StoreDiagnosis(dataDirectory: data).findings().first?.verdict == .ok)
      try FileManager.default.createDirectory(
        atPath: data, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
      let open = await StoreDiagnosis(dataDirectory: data).findings().first
      #expect(open?.verdict == .fail && open?.remedy == "run `chmod 700 \(data)`")
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      #expect(await StoreDiagnosis(dataDirectory: file.path).findings().first?.message.contains("is no folder") == true)
    }
  }

  @Test func `A helper that is not installed fails and a broken file too`() async throws {
    try await withFolder { folder in
      let path = folder.appendingPathComponent("config.json")
      func findings() -> [Finding] { CredentialDiagnosis(configPath: path.path, searchPath: "/nowhere").findings() }
      #expect(findings().map(\.verdict) == [.ok])
      try Data(#"{"credsStore": "vault"}"#.utf8).write(to: path)
      #expect(findings().map(\.verdict) == [.fail])
      #expect(findings()[0].message.contains("docker-credential-vault"))
      try Data("{".utf8).write(to: path)
      #expect(findings().map(\.verdict) == [.fail])
    }
  }
}
