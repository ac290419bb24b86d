package import DockerEngine
package import SSHTransport

/// Connects to an engine behind an SSH server: each connection is a channel of the link's one session.
package struct SSHEngineConnector: EngineConnector {
  package let link: SSHLink
  package let name: String
  package let isRemote = true

  package init(_ link: SSHLink, name: String) {
    self.link = link
    self.name = name
  }

  package func connect() async throws(EngineError) -> EngineChannel {
    do {
      return .descriptor(try await link.openEngine())
    } catch {
      throw .unreachable(endpoint: name, reason: error.message, hint: error.fix)
    }
  }
}
