import ComposeFile
import StackPlanning
import Testing

/// POL-2: paths of the host, and volumes that lead to them (AB-E2).
@Suite struct VolumePolicyTests {
  private static func options(_ options: String) -> JudgedStack {
    JudgedStack(
      "services:\n  web:\n    image: a\n    volumes: [\"data:/data\"]\nvolumes:\n  data:\n    driver_opts: \(options)\n")
  }

  @Test(arguments: [
    ("{type: none, o: bind, device: /etc}", "POL-2"), ("{type: none, o: \"rw,bind\", device: /home/me}", "POL-2"),
    ("{type: none, o: rbind, device: /}", "POL-1"), ("{o: bind, device: /run}", "POL-1"),
    ("{type: tmpfs, o: bind, device: /srv/other}", "POL-2"), ("{type: nfs, o: \"addr=10.0.0.1, bind\", device: /root}", "POL-2"),
    ("{type: ext4, device: /dev/sda1}", "POL-2"), ("{type: overlay, o: \"lowerdir=/etc\", device: overlay}", "POL-2"),
    ("{type: proc, device: proc}", "POL-2"), ("{TYPE: none, O: BIND, DEVICE: /etc}", "POL-2"),
  ])
  func `AB-E2: driver options that mount the host are denied`(_ options: String, _ rule: String) throws {
    #expect(try Self.options(options).denied() == ["\(rule) compose.yaml:7:5"])
    #expect(try Self.options(options).words(.open) == ["\(rule) warn"])
  }

  @Test(arguments: [
    "{}", "{type: nfs, o: \"addr=10.0.0.1,rw\", device: \":/export\"}", "{type: tmpfs, device: tmpfs, o: size=1m}",
    "{type: none, o: bind, device: /srv/stacks/shop/data}", "{type: cifs, device: //nas/share, o: \"username=u\"}",
  ])
  func `Network file systems, memory and the stack's own folder are no host paths`(_ options: String) throws {
    #expect(try Self.options(options).words(.strict).isEmpty)
  }

  // The name is all that the file says of it.
  @Test func `AB-E2: an external volume is judged by the options that it was made with`() throws {
    var stack = JudgedStack(
      "services:\n  web:\n    image: a\n    volumes: [\"data:/data\"]\nvolumes: {data: {external: true, name: handy}}\n")
    #expect(try stack.denied().isEmpty)
    stack.context.volumes["handy"] = PolicyContext.HeldVolume(
      driver: "local", options: ["type": "none", "o": "bind", "device": "/etc"], owner: nil)
    #expect(try stack.denied() == ["POL-2 compose.yaml:4:15"])
    stack.context.volumes["handy"] = PolicyContext.HeldVolume(driver: "rclone", options: [:], owner: nil)
    #expect(try stack.denied() == ["POL-7 compose.yaml:4:15"])
  }

  @Test func `A volume that the engine has already counts as it is, whatever the file says of it`() throws {
    var stack = JudgedStack("services:\n  web:\n    image: a\n    volumes: [\"data:/data\"]\nvolumes: {data: }\n")
    stack.context.volumes["shop_data"] = PolicyContext.HeldVolume(
      driver: "local", options: ["o": "bind", "device": "/root"], owner: nil)
    #expect(try stack.denied() == ["POL-2 compose.yaml:4:15"])
  }

  @Test(arguments: [
    "/etc", "/etc/passwd", "/proc", "/proc/1/root", "/sys", "/dev/shm", "/root/.ssh", "/srv/other", "/srv", "/srv/slipway",
    "/srv/slipway/master.key", "/srv/stacks", "/srv/stacks/blog", "/srv/stacks/shop2", "/home", "/boot",
  ])
  func `Paths outside of the stack's own folder are denied`(_ path: String) throws {
    let stack = JudgedStack("services:\n  web:\n    image: a\n    volumes: [\"\(path):/data:ro\"]\n")
    #expect(try stack.denied() == ["POL-2 compose.yaml:4:15"])
  }

  @Test func `An admin may name further folders, and Slipway's own data is in none of them`() throws {
    func denied(_ path: String, _ roots: String...) throws -> Bool {
      var stack = JudgedStack("services:\n  web:\n    image: a\n    volumes: [\"\(path):/data\"]\n")
      stack.context.allowedRoots = roots
      return try !stack.denied().isEmpty
    }
    #expect(try !denied("/mnt/media/films", "/mnt/media"))
    #expect(try denied("/mnt/media2", "/mnt/media"))
    #expect(try !denied("/etc/localtime", "/etc/localtime"))
    #expect(try denied("/etc/shadow", "/"))
    #expect(try denied("/srv/slipway/slipway.db", "/srv"))
    #expect(try denied("/srv", "/srv"))
    #expect(try denied("/srv/stacks/blog", "/srv"))
    #expect(try !denied("/srv/stacks/shop/page"))
  }
}
