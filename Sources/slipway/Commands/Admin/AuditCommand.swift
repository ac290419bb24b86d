import ArgumentParser
import ComposeFile
import DockerEngine
import RevisionStore

/// `slipway audit`: the audit log, as the owner of the data directory.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Verify and export the server's audit log, as the owner of its data directory.",
    subcommands: [AuditVerifyCommand.self, AuditExportCommand.self])
}

/// `slipway audit verify`: 0 when all entries are as they were written, 1 with the first one that is not (S-AUD-2).
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Look through the whole log; exit code 1 names the first bad entry.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var directory: DataDirectoryOptions

  func run() async throws {
    let verdict = try await directory.store().verifyAudit()
    guard case .broken(let sequence, let fault) = verdict else {
      if case .sound(let first, let last, let heads) = verdict, global.isJSON {
        write([("intact", .bool(true)), ("first", .int(Int(first))), ("last", .int(Int(last))), ("heads", .int(heads))])
      } else {
        StandardOutput.show("\(verdict)\n")
      }
      return
    }
    if global.isJSON {
      write([("intact", .bool(false)), ("sequence", .int(Int(sequence))), ("fault", .string(fault.rawValue))])
    }
    throw CommandFailure(
      "\(verdict)\n  fix: keep a copy of the data directory, and compare it with a backup or with the heads in the server's log")
  }

  private func write(_ fields: [(String, ComposeValue)]) {
    StandardOutput.write(ComposeValue.map(ComposeMap(fields)).json(indented: false) + "\n")
  }
}

/// `slipway audit export`: oldest first.
struct AuditExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print the log, oldest entry first.",
    discussion: "Times are RFC 3339, seconds since 1970, or a length of time before now such as 24h.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var directory: DataDirectoryOptions

  @Option(help: ArgumentHelp("Only entries since then.", valueName: "time"))
  var since: String?

  @Flag(name: .customLong("jsonl"), help: "One JSON object a line, with the hashes; --json does the same.")
  var isLines = false

  func run() async throws {
    let now = Timestamp.systemNow()
    let moment = try since.map { try EventTime.point($0, option: "--since", nowMilliseconds: now.milliseconds) }
    let store = try directory.store()
    let begin = moment.map { Timestamp(milliseconds: $0.seconds * 1000 + Int64($0.nanoseconds) / 1_000_000) }
    var last: Int64 = 0
    while true {
      let page = try await store.auditRecords(after: last, since: begin)
      guard let end = page.last else { return }
      let isWritten = StandardOutput.write(page.map { isLines || global.isJSON ? Self.json($0) : Self.text($0) }.joined())
      guard isWritten else { return }
      last = end.sequence
    }
  }

  private static func text(_ record: AuditRecord) -> String {
    let address = record.address.map { " from \($0)" } ?? ""
    let line =
      "\(record.sequence) \(record.at.text) \(record.actor)\(address) \(record.way.rawValue) \(record.action) \(record.target) \(record.outcome.rawValue)"
    return TerminalText.line(line) + "\n"
  }

  /// With the names of GET /api/v1/audit.
  private static func json(_ record: AuditRecord) -> String {
    func optional(_ text: String?) -> ComposeValue { text.map { .string($0) } ?? .null }
    let detail = (try? ComposeValue(json: Array(record.detail.utf8))) ?? .string(record.detail)
    let fields: [(String, ComposeValue)] = [
      ("sequence", .int(Int(record.sequence))), ("at", .string(record.at.text)), ("actor", .string(record.actor)),
      ("credential", optional(record.credential)), ("address", optional(record.address)), ("way", .string(record.way.rawValue)),
      ("action", .string(record.action)), ("target", .string(record.target)), ("outcome", .string(record.outcome.rawValue)),
      ("request_id", optional(record.requestID)), ("detail", detail),
      ("hash", .string(hexadecimal(record.hash))),
    ]
    return ComposeValue.map(ComposeMap(fields)).json(indented: false) + "\n"
  }
}
