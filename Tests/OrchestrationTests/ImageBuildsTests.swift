import ComposeFile
import DockerEngine
import Foundation
import SlipwayTesting
import Testing

@testable import Orchestration

struct ImageBuildsTests {
  private static let standard = ["/shop/Dockerfile": "FROM base\n", "/shop/api/Dockerfile": "FROM base\n"]

  private func wanted(
    _ compose: String, files: [String: String] = standard, services: [String] = [], dependencies: Bool = false,
    platform: String? = nil, _ change: (inout ImageBuilds.Choices) -> Void = { _ in }
  ) throws -> [ImageBuilds.Wanted] {
    let source = MemoryFiles(files: files.merging(["/shop/compose.yaml": compose]) { $1 })
    var request = LoadRequest(environment: ["HOME": "/home/u", "TAG": "7"], currentDirectory: "/shop")
    request.projectName = "shop"
    let project = try ComposeLoader.load(request, from: source).project
    var choices = ImageBuilds.Choices()
    change(&choices)
    return try ImageBuilds.plan(
      project, services: services, includesDependencies: dependencies, choices, defaultPlatform: platform, from: source)
  }

  private func refusal(_ build: String, files: [String: String] = standard) -> String {
    do {
      _ = try wanted("services: {web: {build: \(build)}}\nsecrets: {s: {file: ./s}}", files: files) { $0.allPlatforms = true }
      return "not refused"
    } catch {
      return "\(error)"
    }
  }

  @Test func `Every attribute reaches the engine's options`() throws {
    let builds = try wanted(
      """
      services:
        web:
          image: shop/web:1
          build:
            context: .
            args: {A: "1", TAG: , UNSET: }
            target: prod
            labels: {mine: x}
            tags: ["shop/web:2", "shop/web:1"]
            network: host
            cache_from: ["shop/web:0", "type=registry,ref=r.io/web", "type=gha"]
            extra_hosts: ["db:10.0.0.1", "six:::1"]
            shm_size: 64m
            ulimits: {nofile: 1000, nproc: {soft: 1, hard: 2}}
            no_cache: true
            pull: true
            isolation: default
            platforms: [linux/amd64]
            cache_to: [type=inline]
            provenance: true
      """
    ) {
      $0.arguments = ["A": "2", "B": "3"]
      $0.memoryBytes = 1 << 20
    }
    let build = try #require(builds.first)
    let options = build.options
    #expect(build.reference == "shop/web:1" && options.tags == ["shop/web:1", "shop/web:2"])
    #expect(options.arguments == ["A": "2", "B": "3", "TAG": "7"])
    #expect(options.target == "prod" && options.network == "host" && options.platform == "linux/amd64")
    #expect(options.cacheSources == ["shop/web:0", "r.io/web"])
    #expect(options.extraHosts == ["db:10.0.0.1", "six:::1"])
    #expect(options.shmSizeBytes == 64 << 20 && options.memoryBytes == 1 << 20 && options.isolation == "default")
    #expect(options.ulimits.map { "\($0.name) \($0.soft) \($0.hard)" } == ["nofile 1000 1000", "nproc 1 2"])
    #expect(options.skipsCache && options.pullsBases && options.dockerfile == "Dockerfile")
    #expect(
      options.labels == [
        "mine": "x", "com.docker.compose.project": "shop", "com.docker.compose.service": "web",
        "com.docker.compose.version": "5.6.1", "com.docker.compose.image.builder": "classic",
      ])
    #expect(build.warnings.count == 3 && build.warnings.allSatisfy { $0.contains("services.web.build.") })
  }

  @Test func `Without an image the name is that of project and service`() throws {
    #expect(try wanted("services: {web: {build: .}}").map(\.reference) == ["shop-web"])
  }

  @Test func `The platform of the service wins, then the default one, then the only one of the build`() throws {
    let compose = "services: {web: {PLATFORM build: {context: ., platforms: [linux/amd64, linux/arm64]}}}"
    let own = compose.replacing("PLATFORM", with: "platform: linux/arm64,")
    #expect(try wanted(own, platform: "linux/amd64").first?.options.platform == "linux/arm64")
    let plain = compose.replacing("PLATFORM", with: "")
    #expect(try wanted(plain, platform: "linux/amd64").first?.options.platform == "linux/amd64")
    #expect(try wanted(plain).first?.options.platform == nil)
  }

  @Test func `Builds follow the order of dependencies`() throws {
    let compose = """
      services:
        a: {build: ., depends_on: [m]}
        m: {image: x, depends_on: [z]}
        z: {build: ./api}
      """
    let builds = try wanted(compose)
    #expect(builds.map(\.service) == ["z", "a"] && builds.map(\.after) == [[], ["z"]])
    #expect(try wanted(compose, services: ["a"]).map(\.service) == ["a"])
    #expect(try wanted(compose, services: ["a"], dependencies: true).map(\.service) == ["z", "a"])
    #expect(throws: ServiceRefusal.self) { try wanted(compose, services: ["b"]) }
  }

  @Test(arguments: [
    ("{context: ., secrets: [s]}", "services.web.build.secrets: needs a BuildKit session"),
    ("{context: ., ssh: [default]}", "services.web.build.ssh: needs a BuildKit session"),
    ("{context: ., additional_contexts: {a: ./b}}", "services.web.build.additional_contexts: needs a BuildKit session"),
    ("{context: ., entitlements: [network.host]}", "services.web.build.entitlements: "),
    ("{context: ., privileged: true}", "services.web.build.privileged: "),
    ("{context: ., platforms: [linux/amd64, linux/arm64]}", "services.web.build.platforms: "),
    ("{context: 'https://x/y.git', dockerfile_inline: 'FROM a'}", "services.web.build.dockerfile_inline: "),
    ("{context: 'docker-image://alpine'}", "services.web.build.context: "),
    ("./gone", "services.web.build.context: the folder /shop/gone does not exist"),
    ("{context: ., dockerfile: Other}", "services.web.build.dockerfile: the file /shop/Other does not exist"),
  ])
  func `What cannot be built is refused with file, attribute and remedy`(build: String, words: String) {
    let text = refusal(build)
    #expect(text.contains("/shop/compose.yaml: \(words)"), "\(text)")
    #expect(text.contains("\n  fix: "), "\(text)")
  }

  @Test func `All refusals come at once`() {
    let text = refusal("{context: ., privileged: true, ssh: [default], secrets: [s]}")
    #expect(text.components(separatedBy: "fix: ").count == 4, "\(text)")
  }

  @Test func `A wrong ignore file is refused with its pattern`() {
    let text = refusal(".", files: Self.standard.merging(["/shop/.dockerignore": "a\n[b\n"]) { $1 })
    #expect(text.contains("/shop/.dockerignore: the pattern \"[b\""), "\(text)")
  }

  // MARK: Contexts

  private func archive(_ build: String, files: [String: String] = standard) throws -> (FolderArchive, String) {
    let build = try #require(try wanted("services: {web: {build: \(build)}}", files: files).first)
    guard case .archive(let archive, let dockerfile) = build.context else { throw OperationRefused(description: "remote") }
    return (archive, dockerfile)
  }

  @Test func `A Dockerfile in the context goes as it is, whatever is ignored`() throws {
    let (archive, name) = try archive(
      "{context: ., dockerfile: api/Dockerfile}", files: Self.standard.merging(["/shop/.dockerignore": "*"]) { $1 })
    let source = try #require(archive.sources.first)
    #expect(name == "api/Dockerfile" && source.kept == ["api/Dockerfile", ".dockerignore"] && archive.inserted.isEmpty)
    #expect(source.root == "/shop" && source.ignored.ignores("x"))
  }

  @Test(arguments: ["{context: ./api, dockerfile: ../Dockerfile}", "{context: ./api, dockerfile_inline: \"FROM base\\n\"}"])
  func `A Dockerfile from elsewhere goes under a name that the build does not see`(build: String) throws {
    let (archive, name) = try archive(build)
    #expect(name.hasPrefix(".dockerfile.") && archive.inserted[name] == Array("FROM base\n".utf8))
    #expect(archive.inserted[".dockerignore"] == Array(".dockerignore\n\(name)\n".utf8))
  }

  @Test func `A Dockerfile's own ignore file wins over the context's`() throws {
    let (archive, name) = try archive(
      ".", files: Self.standard.merging(["/shop/.dockerignore": "a", "/shop/Dockerfile.dockerignore": "b"]) { $1 })
    let ignored = try #require(archive.sources.first?.ignored)
    #expect(ignored.ignores("b") && !ignored.ignores("a"))
    #expect(archive.inserted[".dockerignore"] == Array("b\n\(name)\n".utf8))
  }

  @Test func `A remote context is left to the engine`() throws {
    let build = try #require(try wanted("services: {web: {build: 'https://x.org/y.git#main:sub'}}").first)
    #expect(build.options.remote == "https://x.org/y.git#main:sub" && build.options.dockerfile == "Dockerfile")
  }

  // MARK: Output

  @Test func `Output is cut into lines, and a failure shows the last ones`() throws {
    var output = BuildOutput()
    func event(_ json: String) throws -> ProgressEvent { try JSONDecoder().decode(ProgressEvent.self, from: Data(json.utf8)) }
    #expect(output.take(try event(#"{"stream":"Step 1/2 : FROM a\n"}"#)) == ["Step 1/2 : FROM a"])
    #expect(output.take(try event(#"{"stream":"half"}"#)) == [])
    #expect(output.take(try event(#"{"stream":" line\nmore\n\n"}"#)) == ["half line", "more"])
    #expect(output.take(try event(#"{"stream":"\u001b[91mred\u001b[0m\n"}"#)) == ["red"])
    #expect(output.take(try event(#"{"aux":{"ID":"sha256:1"}}"#)) == [] && output.imageID == "sha256:1")
    for number in 1...30 { _ = output.take(try event("{\"stream\":\"\(number)\\n\"}")) }
    let text = output.failure("it failed")
    #expect(text.hasPrefix("it failed\n  last lines of the build:\n    11\n") && text.hasSuffix("    30"))
    #expect(output.failure("the --mount option requires BuildKit").contains("fix: "))
  }
}
