import DockerEngine
import Foundation
import Testing

/// A folder of its own, gone afterwards.
private func withFolder(_ body: (URL) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-creds-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder)
}

/// Credentials of a `config.json` with this text; `helpers` is the folder that helpers are looked for in.
private func withConfig(
  _ json: String, helpers: URL? = nil, _ body: (RegistryCredentials) async throws -> Void
) async throws {
  try await withFolder { folder in
    let file = folder.appending(path: "config.json")
    try Data(json.utf8).write(to: file)
    try await body(try RegistryCredentials(configPath: file.path, searchPath: "/nonexistent:\(helpers?.path ?? "")"))
  }
}

/// A folder with the helper `docker-credential-test`, a shell script.
private func withHelper(_ script: String, _ body: (URL) async throws -> Void) async throws {
  try await withFolder { folder in
    let file = folder.appending(path: "docker-credential-test")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    try await body(folder)
  }
}

// Serialized: a program that is started while another test writes its helper would keep that file busy.
@Suite(.serialized, .timeLimit(.minutes(1))) struct CredentialTests {
  @Test(arguments: [
    ("web", RegistryCredentials.dockerHub), ("library/web:1", RegistryCredentials.dockerHub),
    ("docker.io/a/b", RegistryCredentials.dockerHub),
    ("r.io/a", "r.io"), ("localhost/a", "localhost"), ("box:5000/a:1", "box:5000"),
  ])
  func `An image's registry is its first part when that is a host`(image: String, registry: String) {
    #expect(RegistryCredentials.registry(ofImage: image) == registry)
  }

  @Test func `Entries are found by host, by URL and for Docker Hub`() async throws {
    let plain = Data("me:p:w".utf8).base64EncodedString()
    try await withConfig(
      #"{"auths":{"https://index.docker.io/v1/":{"auth":"\#(plain)"},"https://r.io/v2/":{"username":"u","password":"s"},"t.io":{"auth":"","identitytoken":"tok"},"e.io":{}}}"#
    ) { credentials in
      let hub = try await credentials.auth(forImage: "web:1")
      #expect(hub?.username == "me")
      #expect(hub?.secret == "p:w")
      #expect(try await credentials.auth(forImage: "r.io/web")?.secret == "s")
      #expect(try await credentials.auth(forImage: "t.io/web")?.secret == "tok")
      #expect(try await credentials.auth(forImage: "e.io/web") == nil)
      #expect(try await credentials.auth(forImage: "other.io/web") == nil)
    }
  }

  @Test func `The header is JSON in base64 with the URL alphabet`() throws {
    let auth = RegistryAuth(username: "ü?>", password: "ÿ~>?", serverAddress: "r.io")
    #expect(!auth.headerValue.contains("+") && !auth.headerValue.contains("/"))
    let standard = auth.headerValue.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    let fields = try JSONDecoder().decode([String: String].self, from: #require(Data(base64Encoded: standard)))
    #expect(fields == ["username": "ü?>", "password": "ÿ~>?", "serveraddress": "r.io"])
  }

  @Test func `Credentials print as dots`() {
    let auth = RegistryAuth(username: "me", password: "hunter2", serverAddress: "r.io")
    var dumped = ""
    dump(auth, to: &dumped)
    for text in ["\(auth)", String(reflecting: auth), dumped] { #expect(!text.contains("hunter2")) }
  }

  @Test func `A helper is asked for its registry and may answer a token`() async throws {
    try await withHelper(
      #"read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"<token>\",\"Secret\":\"for-$server-$1\"}""#
    ) { helpers in
      try await withConfig(#"{"credsStore":"test","auths":{"r.io":{}}}"#, helpers: helpers) { credentials in
        let found1 = try await credentials.auth(forImage: "r.io/web")
        #expect(found1 == RegistryAuth(identityToken: "for-r.io-get", serverAddress: "r.io"))
      }
      try await withConfig(#"{"credHelpers":{"r.io":"test"}}"#, helpers: helpers) { credentials in
        let found2 = try await credentials.auth(forImage: "r.io/web")
        #expect(found2?.secret == "for-r.io-get")
        let found3 = try await credentials.auth(forImage: "s.io/web")
        #expect(found3 == nil)
      }
    }
  }

  @Test func `A helper without credentials gives none and the file's entry is used`() async throws {
    try await withHelper("echo credentials not found in native keychain; exit 1") { helpers in
      try await withConfig(#"{"credsStore":"test","auths":{"r.io":{"username":"u","password":"s"}}}"#, helpers: helpers) {
        credentials in
        let found4 = try await credentials.auth(forImage: "r.io/web")
        #expect(found4?.secret == "s")
        let found5 = try await credentials.auth(forImage: "s.io/web")
        #expect(found5 == nil)
      }
    }
  }

  @Test(arguments: [
    ("echo broken >&2; echo locked; exit 3", "failed (3): locked"), ("echo not json", "not JSON"),
    ("exec yes", "more than 65536 bytes"), ("kill -9 $$", "failed (-9)"),
  ])
  func `A helper that fails is an error that names it`(script: String, reason: String) async throws {
    try await withHelper(script) { helpers in
      try await withConfig(#"{"credsStore":"test"}"#, helpers: helpers) { credentials in
        await #expect { try await credentials.auth(forImage: "r.io/web") } throws: { error in
          guard case EngineError.credentials("r.io", let text) = error else { return false }
          return text.contains(reason) && text.contains("docker-credential-test")
        }
      }
    }
  }

  @Test(arguments: ["../evil", "a/b", "a b", "no-such-helper-anywhere"])
  func `A helper that cannot be is an error`(name: String) async throws {
    try await withConfig("{\"credsStore\":\"\(name)\"}") { credentials in
      await #expect(throws: EngineError.self) { try await credentials.auth(forImage: "r.io/web") }
    }
  }

  @Test func `A missing file has no credentials and a broken one is an error with its path`() async throws {
    #expect(try await RegistryCredentials(configPath: "/nonexistent/config.json", searchPath: "").auth(forImage: "web") == nil)
    await #expect { try await withConfig(#"{"auths":[]}"#) { _ in } } throws: { error in
      if case EngineError.credentials(_, let reason) = error { reason.contains("config.json") } else { false }
    }
    #expect(RegistryCredentials.standardPath(environment: ["DOCKER_CONFIG": "/x", "HOME": "/h"]) == "/x/config.json")
    #expect(RegistryCredentials.standardPath(environment: ["HOME": "/h"]) == "/h/.docker/config.json")
    #expect(RegistryCredentials.standardPath(environment: [:]) == nil)
  }
}
