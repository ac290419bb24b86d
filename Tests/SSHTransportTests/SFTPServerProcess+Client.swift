import Glibc
import SSHTransport
import SlipwayTesting
import Testing

extension SFTPServerProcess {
  static func with<Value>(_ arguments: [String] = [], _ body: (SFTPClient, String) async throws -> Value) async throws -> Value {
    let server = try SFTPServerProcess(arguments)
    defer { server.end() }
    var template = Array("/tmp/slipway-sftp-XXXXXX".utf8CString)
    let folder = unsafe String(cString: try #require(unsafe mkdtemp(&template)))
    let client = try await SFTPClient.open(descriptor: server.descriptor, server: "alpha")
    do {
      let value = try await body(client, folder)
      try await client.removeTree(folder)
      return value
    } catch {
      try? await client.removeTree(folder)
      throw error
    }
  }
}

extension Trait where Self == ConditionTrait {
  static var needsSFTPServer: Self { .enabled("install openssh-sftp-server") { SFTPServerProcess.isThere } }
}
