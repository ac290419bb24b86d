import Accounts
import ComposeFile
import DockerEngine
import Foundation
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayTesting
import Testing

@testable import SlipwayServer

/// Who sees and does what with the stacks that the server keeps: S-AZ-2, S-AZ-4, S-SEC-3, S-SEC-4, AB-B1, AB-B2.
@Suite(.timeLimit(.minutes(1))) struct StackRightsTests {
  private static let web = StackKey(server: "local", project: "web")
  private static let viewer = somebody(Grant(.viewer, on: .stack(server: "local", name: "web")))
  private static let operator_ = somebody(Grant(.operator_, on: .stack(server: "local", name: "web")))
  private static let path = "/api/v1/stacks/{stack}"

  private func files(_ compose: String) -> String {
    let text = String(decoding: (try? JSONEncoder().encode(compose)) ?? Data(), as: UTF8.self)
    return "{\"files\":[{\"path\":\"compose.yaml\",\"text\":\(text)}]}"
  }

  // MARK: Sealed values

  @Test func `No sealed value stands in what a check tells, whole or in parts`() async throws {
    try await ServedParts.with { _, served in
      try await served.makeStack("web", ["compose.yaml": "services:\n  web:\n    image: x:1\n    ports: [\"${API_TOKEN}\"]\n"])
      for value in ["sealedsecret-abc-999", "80:81:canary", "80:ca", "ca na ry"] {
        try await served.seal("API_TOKEN", value, of: Self.web)
        for who in [Self.viewer, Self.operator_] {
          let answer = try await served.call(.post, Self.path + "/validate", as: who, on: Self.web)
          #expect(answer.status == 200 && answer.text.contains("services.web.ports"), "\(answer.text)")
          for part in value.split(whereSeparator: { ":- ".contains($0) }) where part.contains(where: \.isLetter) {
            #expect(!answer.text.contains(part), "\(value): \(answer.text)")
          }
        }
      }
    }
  }

  @Test func `A draft is for who may edit the stack, and gives no sealed value away`() async throws {
    try await ServedParts.with { _, served in
      try await served.makeStack("web", ["compose.yaml": "services:\n  web:\n    image: x:1\n", ".env": "A=b\n"])
      try await served.seal("API_TOKEN", "sealedsecret-abc-999", of: Self.web)
      let draft = files("services:\n  web:\n    image: x:1\n    ports: [\"${API_TOKEN}\"]\n")
      for verb in ["/validate", "/plan"] {
        #expect(try await served.call(.post, Self.path + verb, as: Self.viewer, on: Self.web, draft).status == 403)
        let answer = try await served.call(.post, Self.path + verb, as: Self.operator_, on: Self.web, draft)
        #expect(answer.text.contains("services.web.ports") && !answer.text.contains("abc-999"), "\(answer.text)")
      }
      // COMPOSE_FILE would say which file is read and shown.
      let variables = "{\"variables\":{\"COMPOSE_FILE\":\".env\"}}"
      #expect(try await served.call(.post, Self.path + "/plan", as: Self.viewer, on: Self.web, variables).status == 403)
    }
  }

  /// An engine with nothing on it.
  private static let emptyEngine: @Sendable (StubRequest) -> [StubStep] = { request in
    if request.target.hasSuffix("/_ping") { return [.pong()] }
    if request.target.hasSuffix("/info") { return [.answer(200, "{\"ID\":\"e\",\"OSType\":\"linux\"}")] }
    for kind in ["networks", "volumes", "images"]
    where request.target.contains("/\(kind)/") && !request.target.hasSuffix("/\(kind)/json") {
      return [.answer(404, "{\"message\":\"No such \(kind.dropLast())\"}")]
    }
    if request.target.contains("/volumes") { return [.answer(200, "{\"Volumes\":[]}")] }
    if ["/networks", "/images/json", "/containers/json"].contains(where: request.target.contains) { return [.answer(200, "[]")] }
    return [.answer(200, "{}")]
  }

  @Test func `A plan shows no sealed value, and no secret of the files`() async throws {
    try await StubEngine.with(script: Self.emptyEngine) { stub in
      try await ServedParts.with(stub.endpoint) { _, served in
        let compose =
          "services:\n  web:\n    image: slipway/shop:${API_TOKEN}\n    container_name: c-${DB_PASSWORD}\n    labels: {api.token: label-canary}\n"
        try await served.makeStack("web", ["compose.yaml": compose, ".env": "DB_PASSWORD=env-canary\n"])
        try await served.seal("API_TOKEN", "sealedsecret-abc-999", of: Self.web)
        for who in [Self.viewer, Self.operator_] {
          let answer = try await served.call(
            .post, Self.path + "/plan", as: who, on: Self.web, query: ["model": "true"])
          #expect(answer.status == 200 && answer.text.contains("•••"), "\(answer.text)")
          for canary in ["abc-999", "env-canary", "label-canary"] { #expect(!answer.text.contains(canary), "\(answer.text)") }
        }
      }
    }
  }

  // MARK: Servers

  @Test func `Rights on a server reach no folder of another server's stack`() async throws {
    try await ServedParts.with { parts, served in
      try await served.makeStack("web", ["compose.yaml": "services:\n  canary:\n    image: x:1\n"])
      let key = StackKey(server: "b", project: "web")
      let who = somebody(Grant(.admin, on: .server("b"), mayRestore: true))
      let calls: [(HTTPRequest.Method, String, String)] = [
        (.post, "/validate", "{}"), (.post, "/plan", "{}"), (.post, "/deploy", "{}"), (.get, "/files", "{}"),
        (.get, "/file", "{}"), (.put, "/file", "{\"text\":\"\"}"), (.patch, "/files", "{\"changes\":[]}"),
        (.get, "", "{}"), (.delete, "", "{}"),
        (.put, "/source", "{\"url\":\"https://example.org/x.git\",\"ref\":\"main\"}"),
      ]
      for (method, verb, body) in calls {
        let answer = try await served.call(method, Self.path + verb, as: who, on: key, query: ["path": "compose.yaml"], body)
        #expect(answer.status == 404 && !answer.text.contains("canary"), "\(method) \(verb): \(answer.text)")
      }
      await #expect(throws: StackFolders.Refusal.noSuchStack("web")) { try await parts.stacks.freeFolder(of: key) }
      await #expect(throws: StackFolders.Refusal.noSuchStack("web")) { try await parts.stacks.load(key) }
      #expect(try await parts.stacks.folder(of: Self.web).text == "web")
    }
  }

  // MARK: Files

  @Test func `Who may not edit a stack sees its files without what is secret in them`() async throws {
    try await ServedParts.with { _, served in
      try await served.makeStack(
        "web",
        [
          "compose.yaml": """
          services:
            web:
              image: x:1
              environment:
                DB_PASSWORD: literal-canary
                GREETING: hello
                TOKEN: ${API_TOKEN}
              labels: {"com.example.api-token": "label-canary"}
              command: ["serve", "--password=command-canary"]
              env_file: [settings.txt]
              secrets: [db]
          secrets:
            db: {file: db.txt}
          """, ".env": "DB_PASSWORD=env-canary\nPLAIN=plain-canary\n# OLD=old-canary\n", "settings.txt": "X=settings-canary\n",
          "db.txt": "file-canary\n", "notes.txt": "not literal-canary, nor file-canary\napi_key = notes-canary\n",
        ])
      func read(_ path: String, _ who: Principal) async throws -> ServedParts.Answered {
        try await served.call(.get, Self.path + "/file", as: who, on: Self.web, query: ["path": path])
      }
      for path in [".env", "compose.yaml", "settings.txt", "db.txt", "notes.txt"] {
        let seen = try await read(path, Self.viewer)
        #expect(!seen.text.contains("canary") && seen.tag == nil, "\(path): \(seen.text)")
        let all = try await read(path, Self.operator_)
        #expect(all.status == 200 && all.text.contains("canary") && all.tag != nil && !all.text.contains("masked"), "\(all.text)")
      }
      #expect(try await read(".env", Self.viewer).text.contains("DB_PASSWORD=•••\\nPLAIN=•••"))
      let compose = try await read("compose.yaml", Self.viewer).text
      #expect(compose.contains("GREETING: hello") && compose.contains("${API_TOKEN}") && compose.contains("\"masked\":true"))
      #expect(try await read("db.txt", Self.viewer).status == 403)
      let listing = try await served.call(.get, Self.path + "/files", as: Self.viewer, on: Self.web)
      #expect(listing.status == 200 && !listing.text.contains("\"tag\""))
      // What cannot be judged is not shown.
      try await served.makeStack("odd", ["compose.yaml": "services: [[[\n# odd-canary\n"])
      let odd = try await served.call(
        .get, Self.path + "/file", as: somebody(Grant(.viewer, on: .global)), on: StackKey(server: "local", project: "odd"),
        query: ["path": "compose.yaml"])
      #expect(odd.status == 403 && !odd.text.contains("canary"))
    }
  }

  // MARK: Containers

  @Test func `Labels and commands of listed containers are masked`() async throws {
    let list = """
      [{"Id":"1","Names":["/web-web-1"],"Command":"serve --password=command-canary api-canary sealed-canary","State":"running",
        "Labels":{"com.docker.compose.project":"web","com.docker.compose.service":"web","api.token":"api-canary"}}]
      """
    let engine: @Sendable (StubRequest) -> [StubStep] = { request in
      request.target.hasSuffix("/_ping") ? [.pong()] : [.answer(200, list)]
    }
    try await StubEngine.with(script: engine) { stub in
      try await ServedParts.with(stub.endpoint) { _, served in
        try await served.seal("X", "sealed-canary", of: Self.web)
        let answer = try await served.call(.get, "/api/v1/containers", as: Self.viewer)
        #expect(answer.status == 200 && answer.text.contains("web-web-1") && answer.text.contains("com.docker.compose.service"))
        #expect(!answer.text.contains("canary"), "\(answer.text)")
      }
    }
  }

  // MARK: Making and deleting

  @Test func `A stack is made by who has the right on it, on its server or on everything`() async throws {
    let compose = "services:\n  web:\n    image: x:1\n"
    let cases: [(Grant, String, Int)] = [
      (Grant(.operator_, on: .stack(server: "local", name: "web")), "web", 201),
      (Grant(.operator_, on: .stack(server: "local", name: "web")), "other", 404),
      (Grant(.operator_, on: .server("local")), "web", 201), (Grant(.operator_, on: .server("b")), "web", 404),
      (Grant(.viewer, on: .server("local")), "web", 403), (Grant(.operator_, on: .global), "web", 201),
    ]
    for (grant, name, status) in cases {
      try await ServedParts.with { _, served in
        let body = "{\"name\":\"\(name)\"," + files(compose).dropFirst()
        let answer = try await served.call(.post, "/api/v1/stacks", as: somebody(grant), String(body))
        #expect(answer.status == status, "\(grant) \(name): \(answer.text)")
      }
    }
  }

  @Test func `Nothing is kept of files that are no stack`() async throws {
    try await ServedParts.with { parts, served in
      func make(_ path: String, _ text: String) async throws -> ServedParts.Answered {
        try await served.call(
          .post, "/api/v1/stacks", as: Self.operator_,
          "{\"name\":\"web\",\"files\":[{\"path\":\"\(path)\",\"text\":\"\(text)\"}]}")
      }
      for _ in 1...2 {
        let answer = try await make("readme.txt", "hello")
        #expect(answer.status == 422 && answer.text.contains("no_compose_file"), "\(answer.text)")
      }
      let answer = try await make("compose.yaml", "services: [[[")
      #expect(answer.status == 422 && answer.text.contains("\"place\":\"compose.yaml:"), "\(answer.text)")
      let name = try #require(StackName("web"))
      #expect(parts.folders.names().isEmpty && !parts.folders.exists(name))
      #expect(try await parts.store.stackHomes().isEmpty)
      #expect(try await make("compose.yaml", "services: {web: {image: 'x:1'}}").status == 201)
    }
  }

  @Test func `Secrets that come with a new stack are sealed, and stand in no file`() async throws {
    try await ServedParts.with { parts, served in
      let body = "{\"name\":\"web\",\"secrets\":{\"DB_PASSWORD\":\"env-canary\"},"
      let compose = "services:\n  web:\n    image: x:1\n    environment: {P: \"${DB_PASSWORD:?}\"}\n"
      let missing = try await served.call(
        .post, "/api/v1/stacks", as: Self.operator_, "{\"name\":\"web\"," + String(files(compose).dropFirst()))
      #expect(missing.status == 422)
      let made = try await served.call(
        .post, "/api/v1/stacks", as: Self.operator_, body + String(files(compose).dropFirst()))
      #expect(made.status == 201, "\(made.text)")
      #expect(try await parts.store.secretValue(named: "DB_PASSWORD", of: Self.web)?.reveal() == "env-canary")
      #expect(try await parts.stacks.load(Self.web).project.project.service("web")?.environment["P"] == "env-canary")
    }
  }

  @Test func `The next stack of a name begins with nothing of the one before`() async throws {
    try await StubEngine.with(script: Self.emptyEngine) { stub in
      try await ServedParts.with(stub.endpoint) { parts, served in
        try await served.makeStack("web", ["compose.yaml": "services:\n  web:\n    image: x:1\n"])
        try await served.seal("API_TOKEN", "sealedsecret-abc-999", of: Self.web)
        _ = try await parts.store.createWebhook(
          NewWebhook(id: "hook-0001", stack: Self.web, action: .deploy, createdBy: "ada", secret: Secret([1, 2, 3])),
          ServedParts.entry)
        let commit = GitSource.commitKey(try #require(StackName("web")))
        try await parts.store.putSettings([commit: "\"c\""], ServedParts.entry)
        let admin = somebody(Grant(.admin, on: .global))
        let answer = try await served.call(.delete, Self.path, as: admin, on: Self.web)
        #expect(answer.status == 204, "\(answer.text)")
        #expect(try await parts.store.secrets(of: Self.web).isEmpty)
        #expect(try await parts.store.webhooks().isEmpty)
        #expect(try await parts.store.setting(commit) == nil)
        #expect(try await parts.store.stackHomes().isEmpty)
      }
    }
  }
}
