package import DockerEngine
import Glibc
package import RevisionStore

/// Looks at an engine without changing anything.
package struct EngineDiagnosis: Sendable {
  private let target: EngineTarget

  package init(_ target: EngineTarget) { self.target = target }

  /// Whether it answers, who may talk to it, what it is. Takes at most half a minute.
  package func findings() async -> [Finding] {
    var limits = EngineLimits()
    limits.read = .seconds(10)
    let client = EngineClient(connector: target.connector, limits: target.adjusted(limits))
    let findings = await findings(client)
    await client.shutdown()
    await target.close()
    return findings
  }

  /// The same with a client that is there already, which stays open.
  package func findings(_ client: EngineClient) async -> [Finding] {
    let identity: EngineIdentity
    do {
      identity = try await client.identity()
    } catch {
      return [Finding("engine", failure: error)] + socket()
    }
    var findings = [Finding("engine", .ok, "\(target.connector.name) answers (\(identity.server))")] + socket()
    findings.append(Self.api(identity))
    do {
      let info = try await client.info()
      findings += Self.parts(info, isPodman: identity.isPodman) + Self.clock(info, now: .systemNow())
    } catch {
      findings.append(Finding("version", failure: error))
    }
    return findings
  }

  private static func api(_ identity: EngineIdentity) -> Finding {
    let (served, spoken) = (identity.servedVersion, identity.apiVersion)
    let words = served == spoken ? "\(spoken)" : "\(spoken) is spoken, the engine serves up to \(served)"
    return Finding("api", .ok, "\(words) (Slipway knows \(APIVersion.oldest) to \(APIVersion.newest))")
  }

  /// Version, storage and cgroups; what the engine itself warns of comes as findings of their own.
  package static func parts(_ info: EngineInfo, isPodman: Bool) -> [Finding] {
    var findings: [Finding] = []
    let product = isPodman ? "Podman" : "Docker Engine"
    findings.append(
      Finding("version", .ok, "\(product) \(info.serverVersion) on \(info.operatingSystem), kernel \(info.kernelVersion)"))
    findings.append(
      info.driver == "vfs"
        ? Finding(
          "storage", .warn, "vfs copies every layer whole: slow, and large on disk",
          remedy: "let the engine use overlay2 on a file system that supports it")
        : Finding("storage", .ok, "\(info.driver) in \(info.rootFolder)"))
    let cgroup = "version \(info.cgroupVersion.isEmpty ? "1" : info.cgroupVersion), driver \(info.cgroupDriver)"
    findings.append(
      info.cgroupDriver == "none"
        ? Finding(
          "cgroup", .warn, "the engine has no cgroups: limits of memory and CPU do not work",
          remedy: "run it as root, or delegate cgroups to its user")
        : Finding("cgroup", .ok, cgroup))
    for warning in info.warnings.prefix(10) {
      findings.append(
        Finding("engine", .warn, "the engine says: \(warning)", remedy: "see the engine's documentation on this warning"))
    }
    return findings
  }

  /// How far the engine's clock may be from ours, the call's own time included.
  static let clockToleranceMilliseconds: Int64 = 5_000

  package static func clock(_ info: EngineInfo, now: Timestamp) -> [Finding] {
    let difference = now.milliseconds - info.systemTime.seconds * 1000
    guard info.systemTime != .never, abs(difference) > clockToleranceMilliseconds else { return [] }
    return [
      Finding(
        "clock", .warn, "the engine's clock is \(abs(difference) / 1000) s \(difference > 0 ? "behind" : "ahead of") ours",
        remedy: "let NTP keep both clocks (timedatectl set-ntp true)")
    ]
  }

  /// Who may open the socket: whoever may is root on this machine.
  private func socket() -> [Finding] {
    var status = stat()
    guard let path = target.socketPath, unsafe stat(path, &status) == 0 else { return [] }
    let mode = status.st_mode & 0o777
    let owner = "\(Self.user(status.st_uid)):\(Self.group(status.st_gid)), mode \(String(mode, radix: 8))"
    if mode & 0o006 != 0 {
      return [
        Finding(
          "socket", .warn, "every user of this machine may use the engine, and so be root (\(owner))",
          remedy: "run `chmod o-rw \(path)`")
      ]
    }
    if unsafe access(path, R_OK | W_OK) != 0 {
      return [
        Finding(
          "socket", .fail, "this user (\(Self.user(geteuid()))) may not open it (\(owner))",
          remedy: "add the user to the group \(Self.group(status.st_gid)) and log in again, or run as root")
      ]
    }
    return [Finding("socket", .ok, "this user may open it (\(owner))")]
  }

  private static func user(_ id: uid_t) -> String {
    guard let entry = unsafe getpwuid(id), let name = unsafe entry.pointee.pw_name else { return "\(id)" }
    return unsafe String(cString: name)
  }

  private static func group(_ id: gid_t) -> String {
    guard let entry = unsafe getgrgid(id), let name = unsafe entry.pointee.gr_name else { return "\(id)" }
    return unsafe String(cString: name)
  }
}
