import FoundationEssentials
import Glibc
import SSHTransport
import SlipwayTesting
import Testing

@testable import Orchestration

/// The files of a stack on a server, with OpenSSH's own server program, and in a folder that both sides see.
@Suite(.enabled("install openssh-sftp-server") { SFTPServerProcess.isThere }, .timeLimit(.minutes(1)))
struct ServerFolderTests {
  /// A project and a server's home, both in a folder of their own.
  private struct Place {
    let base: String
    let way: Way
    var project: String { base + "/project" }
    private static let key = String(repeating: "a", count: 32)
    /// As this process sees it.
    var stack: String { base + (way == .sftp ? "/home/.local/share/slipway/stacks/" : "/home/stacks/") + Self.key }
    /// As the engine does.
    var engineStack: String { way == .sftp ? stack : "/of-the-engine/stacks/" + Self.key }

    init(_ way: Way = .sftp) throws {
      self.way = way
      var template = Array("/tmp/slipway-files-XXXXXX".utf8CString)
      base = unsafe String(cString: try #require(unsafe mkdtemp(&template)))
      for folder in ["project", "project/html", "project/data", "home"] { _ = unsafe mkdir("\(base)/\(folder)", 0o755) }
    }

    func write(_ path: String, _ text: String, mode: mode_t = 0o644) throws {
      try Data(text.utf8).write(to: URL(filePath: project + "/" + path))
      _ = unsafe chmod(project + "/" + path, mode)
    }

    func text(_ path: String) -> String? {
      (try? DiskFiles().read(stack + "/" + path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    func delivery(_ record: ServerRecord?) throws -> ProjectDelivery {
      let sources = [
        ProjectFileSource(path: project + "/data", name: "data", isShared: true),
        ProjectFileSource(path: project + "/html", name: "html", isShared: false),
      ]
      var reader = ProjectFileReader(root: project)
      let items = sources.map { ProjectDelivery.Item(source: $0, tree: reader.tree(of: $0.path)) }
      #expect(reader.problems == [])
      return ProjectDelivery(sources: sources, items: items, origin: .disk, folder: engineStack, record: record)
    }
  }

  enum Way: CaseIterable { case sftp, folder }

  private func withPlace(_ way: Way, _ body: (Place, ServerFolder) async throws -> Void) async throws {
    let place = try Place(way)
    defer { try? FileManager.default.removeItem(atPath: place.base) }
    guard way == .sftp else {
      let files = EngineFolder(here: place.base + "/home", there: "/of-the-engine")
      return try await body(place, ServerFolder(files: files, path: place.engineStack))
    }
    let server = try SFTPServerProcess()
    defer { server.end() }
    let client = try await SFTPClient.open(descriptor: server.descriptor, server: "alpha")
    try await body(place, ServerFolder(files: client, path: place.engineStack))
  }

  private func send(_ place: Place, _ folder: ServerFolder, _ revision: Int, _ label: String) async throws -> ProjectDelivery {
    let delivery = try place.delivery(try await folder.record())
    try await folder.send(delivery, revision: revision, label: label) { _ in false }
    return delivery
  }

  @Test(arguments: Way.allCases) func `A changed file makes a new folder, unchanged ones are linked from the old one`(way: Way)
    async throws
  {
    try await withPlace(way) { place, folder in
      try place.write("html/index.html", "one")
      try place.write("html/run.sh", "#!/bin/sh", mode: 0o755)
      _ = unsafe symlink("index.html", place.project + "/html/link")
      let first = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      let old = "files/\(first.items[1].tree.digest)/html"
      #expect(place.text("\(old)/index.html") == "one")
      #expect(place.text("\(old)/link") == "one")
      #expect(MountedFiles.mode(of: "\(place.stack)/\(old)/run.sh") == 0o755)
      try place.write("html/index.html", "two")
      let second = try await send(place, folder, 2, "2-1")
      let new = "files/\(second.items[1].tree.digest)/html"
      #expect(second.change(of: second.items[1]) == "html/index.html")
      #expect(place.text("\(new)/index.html") == "two")
      #expect(place.text("\(old)/index.html") == "one")
      var info = stat()
      #expect(unsafe stat("\(place.stack)/\(new)/run.sh", &info) == 0 && info.st_nlink == 2)
      #expect(try await folder.record()?.revision == 2)
      #expect(try await folder.record(ofRevision: 1)?.item("html")?.tree.digest == first.items[1].tree.digest)
    }
  }

  @Test(arguments: Way.allCases)
  func `What a service has written stays; what changed here is sent, and comes back when the operation fails`(way: Way)
    async throws
  {
    try await withPlace(way) { place, folder in
      try place.write("data/seed", "seed")
      try place.write("data/mine", "mine")
      _ = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      try Data("written by the service".utf8).write(to: URL(filePath: place.stack + "/shared/data/written"))
      try Data("changed by the service".utf8).write(to: URL(filePath: place.stack + "/shared/data/seed"))
      try place.write("data/mine", "mine too")
      try place.write("data/new", "new")
      _ = try await send(place, folder, 2, "2-1")
      #expect(place.text("shared/data/mine") == "mine too")
      #expect(place.text("shared/data/new") == "new")
      #expect(place.text("shared/data/seed") == "changed by the service")
      #expect(place.text("shared/data/written") == "written by the service")
      try await folder.putBack("2-1")
      #expect(place.text("shared/data/mine") == "mine")
      #expect(place.text("shared/data/new") == nil)
      #expect(place.text("shared/data/written") == "written by the service")
      #expect(try await folder.record()?.revision == 1)
    }
  }

  @Test(arguments: Way.allCases) func `What was changed here and there is replaced, and kept aside`(way: Way) async throws {
    try await withPlace(way) { place, folder in
      try place.write("data/conf", "one")
      _ = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      try Data("theirs".utf8).write(to: URL(filePath: place.stack + "/shared/data/conf"))
      try place.write("data/conf", "two")
      _ = try await send(place, folder, 2, "2-1")
      let kept = try await folder.settle("2-1", mounted: [])
      #expect(place.text("shared/data/conf") == "two")
      #expect(kept.map(\.path) == ["data/conf"])
      #expect(place.text(String(try #require(kept.first).keptAt.dropFirst(place.engineStack.count + 1))) == "theirs")
    }
  }

  @Test(arguments: Way.allCases)
  func `What an operation that was never settled has replaced is kept aside by the next one`(way: Way) async throws {
    try await withPlace(way) { place, folder in
      _ = unsafe mkdir(place.project + "/data/a", 0o755)
      for name in ["data/a/b", "data/a_b"] { try place.write(name, "one") }
      _ = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      for name in ["data/a/b", "data/a_b"] {
        try Data("theirs in \(name)".utf8).write(to: URL(filePath: place.stack + "/shared/" + name))
        try place.write(name, "two")
      }
      _ = try await send(place, folder, 2, "2-1")
      let kept = try await folder.send(try place.delivery(try await folder.record()), revision: 3, label: "3-1") { _ in true }
      #expect(kept.map(\.path).sorted() == ["data/a/b", "data/a_b"])
      for (path, keptAt) in kept {
        #expect(place.text(String(keptAt.dropFirst(place.engineStack.count + 1))) == "theirs in \(path)")
      }
    }
  }

  @Test(arguments: Way.allCases)
  func `Nothing is written through a link that a service has put in the place of a folder`(way: Way) async throws {
    try await withPlace(way) { place, folder in
      _ = unsafe mkdir(place.project + "/data/sub", 0o755)
      try place.write("data/sub/conf", "one")
      _ = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      let (sub, outside) = (place.stack + "/shared/data/sub", place.base + "/outside")
      _ = unsafe mkdir(outside, 0o755)
      try FileManager.default.removeItem(atPath: sub)
      _ = unsafe symlink(outside, sub)
      try place.write("data/sub/conf", "two")
      let error = await #expect(throws: OperationRefused.self) { _ = try await send(place, folder, 2, "2-1") }
      #expect(error?.description.contains("data/sub") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
    }
  }

  @Test(arguments: Way.allCases)
  func `Another mode of a folder reaches it, and goes when the operation fails`(way: Way) async throws {
    try await withPlace(way) { place, folder in
      let (here, there) = (place.project + "/data/sub", place.stack + "/shared/data/sub")
      _ = unsafe mkdir(here, 0o755)
      _ = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      _ = unsafe chmod(here, 0o777)
      _ = try await send(place, folder, 2, "2-1")
      #expect(MountedFiles.mode(of: there) == 0o777)
      try await folder.putBack("2-1")
      #expect(MountedFiles.mode(of: there) == 0o755)
    }
  }

  @Test(arguments: Way.allCases) func `An operation that was cut off is put back by the next one`(way: Way) async throws {
    try await withPlace(way) { place, folder in
      try place.write("data/mine", "one")
      _ = try await send(place, folder, 1, "1-1")
      _ = try await folder.settle("1-1", mounted: [])
      try place.write("data/mine", "two")
      _ = try await send(place, folder, 2, "2-1")
      // It never came to its end; a folder that was not whole is left too.
      _ = unsafe mkdir(place.stack + "/files/.partial-x", 0o755)
      try place.write("data/mine", "one")
      _ = try await send(place, folder, 3, "3-1")
      #expect(place.text("shared/data/mine") == "one")
      #expect(DiskFiles().kind(of: place.stack + "/files/.partial-x") == nil)
      #expect(try await folder.record()?.revision == 3)
    }
  }

  @Test(arguments: Way.allCases) func `Old folders go, but for those that kept revisions or containers need`(way: Way)
    async throws
  {
    try await withPlace(way) { place, folder in
      var digests: [String] = []
      for number in 1...14 {
        try place.write("html/index.html", "\(number)")
        let delivery = try await send(place, folder, number, "\(number)-1")
        digests.append(delivery.items[1].tree.digest)
        _ = try await folder.settle("\(number)-1", mounted: ["\(place.engineStack)/files/\(digests[0])/html"])
      }
      #expect(place.text("files/\(digests[0])/html/index.html") == "1")
      #expect(place.text("files/\(digests[1])/html/index.html") == nil)
      #expect(place.text("files/\(digests[3])/html/index.html") == "4")
      try await folder.remove()
      #expect(DiskFiles().kind(of: place.stack) == nil)
    }
  }

  @Test func `What cannot be sent is told, all of it`() throws {
    let place = try Place()
    defer { try? FileManager.default.removeItem(atPath: place.base) }
    _ = unsafe mkfifo(place.project + "/html/pipe", 0o644)
    _ = unsafe symlink("/etc/passwd", place.project + "/html/out")
    var reader = ProjectFileReader(root: place.project)
    _ = reader.tree(of: place.project + "/html")
    #expect(reader.problems.count == 2)
  }

  @Test func `A folder that both see is one absolute path, or ours and the engine's`() {
    #expect(SharedFolder("/srv/files/").map { [$0.here, $0.there] } == ["/srv/files", "/srv/files"])
    #expect(SharedFolder("/data:/srv/files").map { [$0.here, $0.there] } == ["/data", "/srv/files"])
    for bad in ["", "/", "files", "/a:", ":/a", "/a:b", "/a:/b:/c", "/a/../b", "/a/./b"] {
      #expect(SharedFolder(bad) == nil, "\(bad)")
    }
  }

  @Test func `Nothing outside the folder that both see is touched`() {
    let files = EngineFolder(here: "/tmp", there: "/of-the-engine")
    for path in ["/etc/passwd", "/of-the-engineer", "/of-the-engine/../etc", "relative"] {
      #expect(throws: SFTPError.denied(server: files.server, path: path)) { try files.stat(path) }
    }
  }
}
