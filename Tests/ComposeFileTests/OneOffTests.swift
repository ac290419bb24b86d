import Testing

@testable import ComposeFile

@Suite struct OneOffTests {
  private struct OneFile: FileSource {
    var text: String

    func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] { Array(text.utf8) }
    func kind(of path: String) -> FileKind? { path == "/p/compose.yaml" ? .file : nil }
  }

  private static let yaml = """
    services:
      web:
        image: web:1
        command: [serve]
        entrypoint: [init]
        environment: {A: one, B: two}
        ports: ["8080:80"]
        volumes: ["data:/data", "./src:/src"]
        restart: always
        tty: true
        cap_add: [NET_ADMIN]
        cap_drop: [CHOWN]
        depends_on: [db]
      db: {image: db:1}
    volumes: {data: {}}
    """

  private func oneOff(_ change: (inout OneOffChanges) -> Void = { _ in }) throws -> Service {
    let request = LoadRequest(environment: [:], currentDirectory: "/p")
    let project = try ComposeLoader.load(request, from: OneFile(text: Self.yaml)).project
    var changes = OneOffChanges(containerName: "p-web-run-1")
    change(&changes)
    return try #require(project.service("web")).oneOff(changes, directory: "/p", home: "/home/me")
  }

  @Test func `Ports, restarts and the terminal of the service do not go along, the rest does`() throws {
    let service = try oneOff()
    #expect(service.ports.isEmpty && service.restart == nil && !service.isTTY && !service.isStdinOpen)
    #expect(service.containerName == "p-web-run-1" && service.replicas == 1)
    #expect(service.command == ["serve"] && service.entrypoint == ["init"] && service.environment["A"] == "one")
    #expect(service.volumes.map(\.target) == ["/data", "/src"] && service.dependsOn.keys.sorted() == ["db"])
  }

  @Test func `A command takes the place of the service's, an entrypoint that of both`() throws {
    #expect(try oneOff { $0.command = ["sh", "-c", "a && b"] }.command == ["sh", "-c", "a && b"])
    let bare = try oneOff { $0.entrypoint = "sh -c 'a b'" }
    #expect(bare.entrypoint == ["sh", "-c", "a b"] && bare.command == [])
    let both = try oneOff {
      $0.entrypoint = "sh"
      $0.command = ["-x"]
    }
    #expect(both.entrypoint == ["sh"] && both.command == ["-x"])
  }

  @Test func `Variables and labels are added or replaced`() throws {
    let service = try oneOff {
      $0.environment = ["A": "x", "C": ""]
      $0.labels = ["l": "v"]
    }
    #expect(service.environment == ["A": "x", "B": "two", "C": ""] && service.labels == ["l": "v"])
  }

  @Test func `Ports are published as the short syntax says`() throws {
    let service = try oneOff { $0.ports = .published(["127.0.0.1:7000-7001:80-81/udp", "9090"]) }
    #expect(service.ports.map(\.target) == [80, 81, 9090])
    #expect(service.ports.map(\.published) == ["7000", "7001", nil])
    #expect(service.ports.map(\.hostIP) == ["127.0.0.1", "127.0.0.1", nil] && service.ports[0].transport == "udp")
    #expect(try oneOff { $0.ports = .ofService }.ports.map(\.published) == ["8080"])
  }

  @Test func `A mount takes the place of the service's with the same target, and its path is resolved`() throws {
    let service = try oneOff { $0.volumes = ["./x:/data:ro", "~/y:/y", "named:/n", "/anonymous"] }
    #expect(service.volumes.map(\.target) == ["/src", "/data", "/y", "/n", "/anonymous"])
    #expect(service.volumes.map(\.source) == ["/p/src", "/p/x", "/home/me/y", "named", nil])
    #expect(service.volumes[1].isReadOnly && service.volumes[1].kind == .bind && service.volumes[3].kind == .volume)
  }

  @Test func `A capability that is added is dropped no more, and the other way round`() throws {
    let service = try oneOff {
      $0.addedCapabilities = ["CHOWN"]
      $0.droppedCapabilities = ["NET_ADMIN"]
    }
    #expect(service.capAdd == ["CHOWN"] && service.capDrop == ["NET_ADMIN"])
  }

  @Test func `The hash is that of the changed service`() throws {
    #expect(try oneOff().configHash != oneOff { $0.user = "nobody" }.configHash)
    #expect(try oneOff().configHash == oneOff().configHash)
  }

  @Test(arguments: ["abc", "80:99999", "1.2.3:80:80", "80/xyz", "9001-9000:80"])
  func `A port that makes no sense is refused`(text: String) {
    #expect(throws: ComposeProblems.self) { try oneOff { $0.ports = .published([text]) } }
  }

  @Test func `All mistakes of volumes are told at once`() {
    do {
      _ = try oneOff { $0.volumes = ["data::b", "data:/y:ro:more"] }
      Issue.record("it was accepted")
    } catch let problems as ComposeProblems {
      #expect(problems.problems.count == 2 && problems.problems[0].message.hasPrefix("--volume[0]"))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func `An env file is read in Compose's dialect, with the caller's variables`() throws {
    let text = "A=1\n# no\nB=\"${A}-${X}\"\nX\nNONE\nexport C='$A'\n"
    let values = try EnvironmentFile.values(Array(text.utf8), file: "/p/e") { ["X": "x"][$0] }
    #expect(values == ["A": "1", "B": "1-x", "X": "x", "C": "$A"])
    #expect(throws: ComposeProblems.self) { try EnvironmentFile.values(Array("A='open".utf8), file: "/p/e") { _ in nil } }
  }
}
