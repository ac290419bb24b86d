import ComposeFile
import DockerEngine
import Foundation
import SlipwayTesting
import Synchronization
import Testing

@testable import Orchestration

@Suite(.timeLimit(.minutes(1)))
struct CallerContextsTests {
  private func contexts(
    mayBuild: Bool = true, mayName: Bool = true, wait: Duration = .seconds(20), dockerfile: String = "Dockerfile",
    problem: String = "", ask: @escaping @Sendable (String) -> Void = { _ in }
  ) -> CallerContexts {
    CallerContexts(
      ["web": .init(place: "/mine/compose.yaml: services.web.build", dockerfile: dockerfile, problem: problem)],
      .init(mayBuild: mayBuild, mayNameImages: mayName), waitLimit: wait, ask: ask)
  }

  private func wanted(_ contexts: CallerContexts, _ build: String = "{context: .}", image: String = "") throws
    -> [ImageBuilds.Wanted]
  {
    let source = MemoryFiles(files: ["/kept/compose.yaml": "services:\n  web:\n    build: \(build)\n\(image)"])
    var request = LoadRequest(environment: [:], currentDirectory: "/kept")
    request.projectName = "shop"
    var choices = ImageBuilds.Choices()
    choices.contexts = .caller(contexts)
    return try ImageBuilds.plan(
      try ComposeLoader.load(request, from: source).project, services: [], includesDependencies: false, choices,
      defaultPlatform: nil, from: source)
  }

  private func refusal(_ contexts: CallerContexts, _ build: String = "{context: .}", image: String = "") -> String {
    do {
      _ = try wanted(contexts, build, image: image)
      return "not refused"
    } catch {
      return "\(error)"
    }
  }

  @Test func `Bytes go through as they are read, and who brings them waits until the last was`() async throws {
    let (asked, ask) = AsyncStream.makeStream(of: String.self)
    let contexts = contexts { ask.yield($0) }
    async let delivered: Void = {
      for await service in asked {
        let parts = Mutex([[1, 2], [3]] as [[UInt8]])
        try await contexts.deliver(service) { ArchiveBytes { parts.withLock { $0.isEmpty ? nil : $0.removeFirst() } } }
        return
      }
    }()
    var read: [UInt8] = []
    for try await part in try await contexts.open("web") { read += part }
    try await delivered
    #expect(read == [1, 2, 3])
    contexts.close("web")
    await #expect(throws: CallerContexts.NotWanted.self) { try await contexts.deliver("web") { ArchiveBytes { nil } } }
  }

  @Test func `The end of a build lets go of who brings its context`() async throws {
    let (asked, ask) = AsyncStream.makeStream(of: String.self)
    let contexts = contexts { ask.yield($0) }
    async let delivered: Void = {
      for await service in asked { return try await contexts.deliver(service) { ArchiveBytes { [0] } } }
    }()
    _ = try await contexts.open("web")
    await #expect(throws: CallerContexts.NotWanted.self) { try await contexts.deliver("web") { ArchiveBytes { nil } } }
    contexts.close("web")
    try await delivered
  }

  @Test func `A context that does not come, is refused or breaks off fails its build with the reason`() async throws {
    let late = contexts(wait: .milliseconds(10))
    await #expect(throws: BuildFailure.self) { _ = try await late.open("web") }
    let (asked, ask) = AsyncStream.makeStream(of: String.self)
    let contexts = contexts { ask.yield($0) }
    var questions = asked.makeAsyncIterator()
    async let refused: String = {
      do {
        _ = try await contexts.open("web")
        return "not refused"
      } catch {
        return "\(error)"
      }
    }()
    _ = await questions.next()
    try contexts.refuse("web", because: "it is gone")
    #expect(await refused == "it is gone")
    contexts.close("web")

    struct Broken: Error {}
    async let bytes = contexts.open("web")
    _ = await questions.next()
    async let delivered: Void = contexts.deliver("web") { ArchiveBytes { throw Broken() } }
    let opened = try await bytes
    await #expect(throws: Broken.self) { for try await _ in opened {} }
    #expect(opened.problem?.contains("did not come whole") == true)
    contexts.close("web")
    try await delivered
  }

  @Test func `What the caller may not, or has not, is refused under the caller's own name of the section`() throws {
    let place = "/mine/compose.yaml: services.web.build"
    #expect(try wanted(contexts()).map(\.options.dockerfile) == ["Dockerfile"])
    #expect(refusal(contexts(mayBuild: false)).hasPrefix("\(place): a build runs commands on the server"))
    #expect(refusal(contexts(problem: "no Dockerfile")) == "no Dockerfile")
    #expect(refusal(contexts(), "{context: ., privileged: true}").hasPrefix("\(place).privileged"))
    for path in ["", "/etc/passwd", "../a", "a/../../b", "a//b"] {
      #expect(refusal(contexts(dockerfile: path)).hasPrefix("\(place).dockerfile"), "\(path)")
    }
    let empty = CallerContexts([:], .init(mayBuild: true, mayNameImages: true)) { _ in }
    #expect(refusal(empty).contains("does not send it"))
  }

  /// S-AZ-2: the name of an image may be that of another stack's.
  @Test func `Names of images take the right to, and are of the strict grammar`() throws {
    #expect(try wanted(contexts(mayName: false)).map(\.reference) == ["shop-web"])
    for (build, image) in [("{context: .}", "    image: postgres:16\n"), ("{context: ., tags: [\"a:1\"]}", "")] {
      #expect(refusal(contexts(mayName: false), build, image: image).contains("right to pull images"))
      #expect(refusal(contexts(), build, image: image) == "not refused")
    }
    #expect(refusal(contexts(), "{context: ., tags: [\"A B\"]}").contains("is not the name of an image"))
    #expect(refusal(contexts(), "{context: ., cache_from: [\"A B\"]}").contains("is not the name of an image"))
  }

  @Test func `What a machine has is announced with the problem of each`() throws {
    let files = MemoryFiles(files: [
      "/shop/compose.yaml":
        "services: {a: {build: ./a}, b: {build: ./b}, c: {build: https://e.org/c.git}, d: {image: d}, e: {build: {context: ./a, dockerfile: sub/D}}}",
      "/shop/a/Dockerfile": "FROM x\n", "/shop/a/sub/D": "FROM x\n",
    ])
    var request = LoadRequest(environment: [:], currentDirectory: "/shop")
    request.projectName = "shop"
    let own = OwnContexts(try ComposeLoader.load(request, from: files).project, from: files)
    #expect(own.announced.keys.sorted() == ["a", "b", "e"])
    #expect(own.announced["a"]?.problem == "" && own.announced["e"]?.dockerfile == "sub/D")
    #expect(own.announced["b"]?.problem.contains("/shop/b does not exist") == true)
    #expect(own.bytes(of: "a") != nil && own.bytes(of: "b") == nil)
  }

  /// S-IN-2
  @Test func `A build of a server's own folder reads nothing outside of it, and follows no link out`() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-context-\(UUID().uuidString)").path
    let kept = root + "/stacks/shop"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for folder in [kept, root + "/outside"] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try "FROM x\n".write(toFile: folder + "/Dockerfile", atomically: true, encoding: .utf8)
    }
    try FileManager.default.createSymbolicLink(atPath: kept + "/link", withDestinationPath: "../../outside")
    func refusal(_ build: String) -> String {
      let compose = MemoryFiles(files: [kept + "/compose.yaml": "services: {web: {build: \(build)}}"])
      var request = LoadRequest(environment: [:], currentDirectory: kept)
      request.projectName = "shop"
      var choices = ImageBuilds.Choices()
      choices.contexts = .folder(ConfinedFolder(root: kept))
      do {
        _ = try ImageBuilds.plan(
          try ComposeLoader.load(request, from: compose).project, services: [], includesDependencies: false, choices,
          defaultPlatform: nil)
        return "not refused"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal(".") == "not refused")
    for build in [
      "../../outside", "./link", "\(root)/outside", "{context: ., dockerfile: ../../outside/Dockerfile}",
      "{context: ., dockerfile: link/Dockerfile}", "/",
    ] {
      #expect(refusal(build) != "not refused", "\(build)")
    }
  }
}
