import SSHTransport
import Testing

@testable import Orchestration

@Suite struct ServerTests {
  @Test func `The space of a file system is read from what df prints, whatever its name`() {
    let plain = """
      Filesystem     1024-blocks     Used Available Capacity Mounted on
      /dev/vda           1000000   300000    650000      32% /
      """
    let disk = SystemInfo.disk(df: plain, path: "/srv")
    #expect(disk == SystemInfo.Disk(path: "/srv", sizeBytes: 1_024_000_000, freeBytes: 665_600_000))
    let blank = "Filesystem 1024-blocks Used Available Capacity Mounted on\n//nas/my files 2000 500 1500 25% /mnt/my files\n"
    #expect(SystemInfo.disk(df: blank, path: "~") == SystemInfo.Disk(path: "~", sizeBytes: 2_048_000, freeBytes: 1_536_000))
  }

  @Test(arguments: [
    "", "\n", "Filesystem\n", "head\n/dev/vda x y z 32% /\n", "head\n32% /\n",
    "head\n/dev/vda 9223372036854775807 1 9223372036854775807 1% /\n", "head\n/dev/vda -1 1 -1 1% /\n",
  ])
  func `What is not df's is unknown`(text: String) {
    #expect(SystemInfo.disk(df: text, path: "/") == nil)
  }

  @Test func `A line of authorized_keys is found by its whole key, and its options are kept`() throws {
    let key = try #require(HostKey(blob: [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 2, 7, 7]))
    let other = try #require(HostKey(blob: [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 2, 7, 8]))
    let restricted = "restrict,command=\"socat - UNIX-CONNECT:/run/docker.sock\" \(key.line) ada@home"
    #expect(AuthorizedKeys.options(restricted, before: key) == "restrict,command=\"socat - UNIX-CONNECT:/run/docker.sock\" ")
    #expect(AuthorizedKeys.options(key.line, before: key) == "")
    for line in ["# \(key.line)", "\(key.line)AAAA", other.line, ""] { #expect(!AuthorizedKeys.holds(line, key), "\(line)") }
    let text = AuthorizedKeys.Text("# mine\n\(restricted)\n\(other.line)")
    #expect(text.removing(key).bytes == Array("# mine\n\(other.line)\n".utf8))
    #expect(text.appending("x").removing(other).bytes == Array("# mine\n\(restricted)\nx\n".utf8))
  }
}
