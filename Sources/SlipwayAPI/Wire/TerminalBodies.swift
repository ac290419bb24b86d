/// A command that is to be run in a container.
package struct ExecBody: WireType {
  package var service: String?
  package var container: String?
  package var command: [String]
  package var tty: Bool?
  package var user: String?
  package var workingDirectory: String?
  package var columns: Int?
  package var rows: Int?
  /// `NAME=VALUE`
  package var environment: [String]?
  /// False: it gets no input.
  package var stdin: Bool?
  /// It is started and left.
  package var detach: Bool?
  /// Input and output go as base64, and each input is acknowledged.
  package var bytes: Bool?

  package init(command: [String]) { self.command = command }

  package static let schema = Schema.named("Exec") {
    .object([
      .optional("service", .nullable(.text(limit: 255, minimum: 1)), "of its first running container"),
      .optional("container", .nullable(.text(limit: 255, minimum: 1)), "its name or id"),
      .required("command", .array(.text(limit: 32 << 10), limit: 100)), .optional("tty", .nullable(.boolean)),
      .optional("user", .nullable(.text(limit: 100, minimum: 1))),
      .optional("working_directory", .nullable(.text(limit: 4096, minimum: 1))),
      .optional("columns", .nullable(.integer(minimum: 1, maximum: 1000))),
      .optional("rows", .nullable(.integer(minimum: 1, maximum: 1000))),
      .optional("environment", .nullable(.array(.text(limit: 32 << 10, minimum: 1), limit: 200)), "NAME=VALUE"),
      .optional("stdin", .nullable(.boolean), "false: it gets no input"),
      .optional("detach", .nullable(.boolean), "it is started and left; the socket only tells that"),
      .optional("bytes", .nullable(.boolean), "input and output are base64, and each input is acknowledged"),
    ])
  }
}

/// A container whose program is to be joined.
package struct AttachBody: WireType {
  package var container: String
  /// False: the program gets no input of ours.
  package var stdin: Bool?
  package var detachKeys: String?

  package init(container: String) { self.container = container }

  package static let schema = Schema.named("Attach") {
    .object([
      .required("container", .text(limit: 255, minimum: 1), "its name or id"), .optional("stdin", .nullable(.boolean)),
      .optional("detach_keys", .nullable(.text(limit: 100, minimum: 1)), "such as ctrl-p,ctrl-q"),
    ])
  }
}

/// Where a terminal goes on.
package struct TerminalBody: WireType, Hashable {
  package var id: String
  package var socket: String
  /// The program has a terminal.
  package var tty: Bool

  package init(id: String, socket: String, tty: Bool) {
    self.id = id
    self.socket = socket
    self.tty = tty
  }

  package static let schema = Schema.named("Terminal") {
    .object([
      .required("id", .text), .required("socket", .text, "a WebSocket, for a minute and once"), .required("tty", .boolean),
    ])
  }
}
