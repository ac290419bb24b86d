import Glibc

extension ProcessTable {
  /// The processes of this host, as `/proc` shows them.
  package static func system() -> ProcessTable {
    let me = OwnerIdentity(
      host: hostName(),
      bootID: line(of: "/proc/sys/kernel/random/boot_id"),
      processNamespace: linkTarget("/proc/self/ns/pid"),
      processID: getpid(),
      processStart: startTicks(of: getpid()) ?? 0)
    return ProcessTable(me: me, startOfProcess: startTicks)
  }

  /// Field 22 of `/proc/PID/stat`. The name in field 2 may hold blanks and brackets: count from its last bracket.
  @Sendable private static func startTicks(of process: Int32) -> Int64? {
    guard let text = smallText(at: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[end...].split(separator: " ")
    // A zombie has ended; only its parent has not looked yet.
    guard fields.count > 20, fields[1] != "Z" else { return nil }
    return Int64(fields[20])
  }

  private static func line(of path: String) -> String {
    smallText(at: path).map { String($0.prefix { $0 != "\n" }) } ?? ""
  }

  private static func hostName() -> String {
    line(of: "/proc/sys/kernel/hostname")
  }

  private static func linkTarget(_ path: String) -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    // SAFETY: at most `count` characters are written to the array that we own.
    let count = unsafe readlink(path, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
  }
}
