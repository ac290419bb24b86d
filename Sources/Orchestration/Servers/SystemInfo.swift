import ComposeFile
package import DockerEngine
import FoundationEssentials
import Glibc
import RevisionStore
import SSHTransport

/// An engine's machine, as it is now (B3). What could not be had is nil.
package struct SystemInfo: Hashable, Sendable {
  package struct Disk: Hashable, Sendable {
    package var path: String
    package var sizeBytes: Int64
    /// What a user who is not root may still use.
    package var freeBytes: Int64
  }

  package var engineVersion: String
  package var apiVersion: String
  package var isPodman: Bool
  package var operatingSystem: String
  package var kernelVersion: String
  package var architecture: String
  package var processors: Int
  package var memoryBytes: Int64
  package var availableMemoryBytes: Int64?
  /// Of 1, 5 and 15 minutes.
  package var load: [Double]?
  package var uptimeSeconds: Int64?
  package var storageDriver: String
  package var cgroupVersion: String
  package var cgroupDriver: String
  package var rootFolder: String
  /// Where the engine keeps images, containers and volumes.
  package var rootDisk: Disk?
  /// Where project files go: the data directory here, the user's home folder on a server.
  package var filesDisk: Disk?
  /// How far the engine's clock is ahead of ours; half of the call's time is taken off.
  package var clockSkewMilliseconds: Int64?
  package var containers: Int
  package var containersRunning: Int
  package var images: Int

  /// Asks the engine, and its machine where commands can be run on it.
  ///
  /// - Parameter dataDirectory: of this machine.
  package static func gather(
    _ client: EngineClient, target: EngineTarget, dataDirectory: String
  ) async throws -> SystemInfo {
    let identity = try await client.identity()
    let begin = ContinuousClock.now
    let ours = Timestamp.systemNow()
    let info = try await client.info()
    let half = Int64(begin.milliseconds / 2)
    var system = SystemInfo(info, identity)
    if info.systemTime != .never {
      let theirs = info.systemTime.seconds * 1000 + Int64(info.systemTime.nanoseconds) / 1_000_000
      system.clockSkewMilliseconds = theirs - ours.milliseconds - half
    }
    if let link = target.link {
      await system.look(on: link)
    } else {
      system.look(here: dataDirectory)
    }
    return system
  }

  private init(_ info: EngineInfo, _ identity: EngineIdentity) {
    engineVersion = info.serverVersion
    apiVersion = "\(identity.servedVersion)"
    isPodman = identity.isPodman
    operatingSystem = info.operatingSystem
    kernelVersion = info.kernelVersion
    architecture = info.architecture
    processors = info.processorCount
    memoryBytes = info.memoryBytes
    storageDriver = info.driver
    cgroupVersion = info.cgroupVersion.isEmpty ? "1" : info.cgroupVersion
    cgroupDriver = info.cgroupDriver
    rootFolder = info.rootFolder
    containers = info.containers
    containersRunning = info.containersRunning
    images = info.images
  }

  // MARK: The machine

  private mutating func look(here dataDirectory: String) {
    let files = DiskFiles()
    // WHY try?: each is shown as unknown then.
    let texts = ["/proc/loadavg", "/proc/uptime", "/proc/meminfo"].map { path in
      (try? files.read(path, limit: 64 << 10)).map { String(decoding: $0, as: UTF8.self) } ?? "\n"
    }
    readState(texts.joined())
    rootDisk = Self.disk(here: rootFolder)
    filesDisk = Self.disk(here: dataDirectory)
  }

  /// The file system of a folder of this machine; nil: it cannot be asked.
  package static func disk(here path: String) -> Disk? {
    var found = statvfs()
    guard unsafe statvfs(path, &found) == 0 else { return nil }
    let unit = Int64(found.f_frsize)
    return Disk(path: path, sizeBytes: Int64(found.f_blocks) * unit, freeBytes: Int64(found.f_bavail) * unit)
  }

  /// A key that may only dial the engine runs none of these, and a machine without Linux's `/proc` has not all of them.
  private mutating func look(on link: SSHLink) async {
    async let state = Self.output(.systemState, link)
    async let root = Self.output((try? RemotePath(socket: rootFolder)).map { .freeSpace(at: $0) }, link)
    async let home = Self.output(.freeSpaceAtHome, link)
    if let text = await state { readState(text) }
    rootDisk = await root.flatMap { Self.disk(df: $0, path: rootFolder) }
    filesDisk = await home.flatMap { Self.disk(df: $0, path: "~") }
  }

  private static func output(_ command: RemoteCommand?, _ link: SSHLink) async -> String? {
    guard let command else { return nil }
    // WHY try?: what cannot be had is shown as unknown; the engine's own answers came over the same link.
    guard let (output, exit) = try? await link.session().run(command), exit.status == 0 else { return nil }
    return output
  }

  /// Reads the texts of `/proc/loadavg`, `/proc/uptime` and `/proc/meminfo` behind each other (proc(5)).
  package mutating func readState(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 2 else { return }
    let loads = lines[0].split(separator: " ").prefix(3).compactMap { Double($0) }
    if loads.count == 3, loads.allSatisfy({ $0.isFinite && $0 >= 0 }) { load = loads }
    uptimeSeconds = lines[1].split(separator: ".").first.flatMap { Int64($0) }
    let available = lines.first { $0.hasPrefix("MemAvailable:") }
    availableMemoryBytes = available.flatMap { line in
      line.split(separator: " ").dropFirst().first.flatMap { Int64($0) }.flatMap(Self.bytes)
    }
  }

  /// Reads what POSIX's `df -Pk` prints of one file system; its name may hold blanks.
  package static func disk(df text: String, path: String) -> Disk? {
    guard let line = text.split(separator: "\n").dropFirst().first else { return nil }
    let words = line.split(separator: " ")
    guard let share = words.lastIndex(where: { $0.hasSuffix("%") }), share >= 4, let size = Int64(words[share - 3]),
      let free = Int64(words[share - 1]), let sizeBytes = bytes(size), let freeBytes = bytes(free)
    else { return nil }
    return Disk(path: path, sizeBytes: sizeBytes, freeBytes: freeBytes)
  }

  private static func bytes(_ kibibytes: Int64) -> Int64? {
    let (bytes, isTooLarge) = kibibytes.multipliedReportingOverflow(by: 1024)
    return isTooLarge || bytes < 0 ? nil : bytes
  }
}
