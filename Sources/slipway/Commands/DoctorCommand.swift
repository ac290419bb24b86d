import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient

/// `slipway doctor`: whether everything that Slipway needs is there and well.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check the engine, the store, the credentials and the compose file.",
    discussion: "Changes nothing. Exit code 1 when a check failed; warnings alone are 0.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let session = StackSession(global: global)
    let environment = session.environment
    let settings: Settings
    var first: [Finding] = []
    do {
      settings = try session.settings()
      let path = Settings.filePath(environment) ?? ""
      let isThere = DiskFiles().kind(of: path) != nil
      first.append(Finding("settings", .ok, isThere ? path : "no settings file (\(path)); environment and flags count"))
    } catch {
      first.append(Finding("settings", failure: error))
      settings = Settings.standard(environment: environment)
    }
    var findings = first
    if case .remote(let connection) = try await session.place() {
      findings += await Self.served(connection, server: global.server ?? ServerName.local)
    } else {
      findings += try await Self.embedded(session, settings)
    }
    findings += compose(session)
    if global.isJSON {
      StandardOutput.write(Self.json(findings).json(indented: true) + "\n")
    } else {
      StandardOutput.show(findings.map(Self.line).joined())
    }
    if findings.contains(where: { $0.verdict == .fail }) { throw ExitCode(1) }
  }

  private static func embedded(_ session: StackSession, _ settings: Settings) async throws -> [Finding] {
    let environment = session.environment
    return try await Interruption.cancelling(notice: nil) {
      var findings: [Finding] = []
      do {
        findings += await EngineDiagnosis(try await session.target(settings)).findings()
      } catch {
        findings.append(Finding("engine", failure: error))
      }
      findings += await StoreDiagnosis(dataDirectory: settings.dataDirectory).findings()
      findings += CredentialDiagnosis(
        configPath: RegistryCredentials.standardPath(environment: environment), searchPath: environment["PATH"] ?? ""
      ).findings()
      try Task.checkCancellation()
      return findings
    }
  }

  /// Of the server of the context: the engine that it works on, its store, its credentials.
  private static func served(_ connection: ServerConnection, server: String) async -> [Finding] {
    struct Listing: Decodable, Sendable { var items: [FindingBody] }
    do {
      let listed = try await connection.call(
        .post, "/api/v1/servers/\(ServerConnection.escaped(server))/diagnosis", as: Listing.self)
      return listed.items.map { Finding($0.name, Finding.Verdict(rawValue: $0.verdict) ?? .fail, $0.message, remedy: $0.remedy) }
    } catch {
      return [Finding("server", failure: error)]
    }
  }

  private func compose(_ session: StackSession) -> [Finding] {
    do {
      let loaded = try session.load(quiet: true)
      let files = loaded.project.configFiles.joined(separator: ", ")
      if loaded.warnings.isEmpty {
        return [Finding("compose", .ok, "\(files): project \(loaded.project.name), \(loaded.project.services.count) services")]
      }
      return loaded.warnings.prefix(10).map {
        Finding("compose", .warn, "\($0)", remedy: "see what was understood with `slipway config`")
      }
    } catch let problems as ComposeProblems {
      if session.isWithoutFiles(problems) { return [Finding("compose", .ok, "no compose file in this folder or above it")] }
      return problems.problems.prefix(10).map { Finding("compose", .fail, $0.locatedMessage, remedy: $0.remedy) }
    } catch {
      return [Finding("compose", failure: error)]
    }
  }

  private static func line(_ finding: Finding) -> String {
    let verdict = finding.verdict.rawValue
    let head = verdict + String(repeating: " ", count: 6 - verdict.count)
    let name = finding.name + String(repeating: " ", count: max(1, 13 - finding.name.count))
    let remedy = finding.remedy.map { "      fix: \($0)\n" } ?? ""
    return head + name + finding.message + "\n" + remedy
  }

  private static func json(_ findings: [Finding]) -> ComposeValue {
    let checks = findings.map { finding in
      ComposeValue.map(
        ComposeMap([
          ("name", .string(finding.name)), ("verdict", .string(finding.verdict.rawValue)),
          ("message", .string(finding.message)), ("remedy", finding.remedy.map { .string($0) } ?? .null),
        ]))
    }
    let isWell = !findings.contains { $0.verdict == .fail }
    return .map(ComposeMap([("ok", .bool(isWell)), ("checks", .list(checks))]))
  }
}
