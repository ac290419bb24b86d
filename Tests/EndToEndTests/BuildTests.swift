import Foundation
import Testing

@Suite(.enabled("set SLIPWAY_TEST_ENGINE and SLIPWAY_TEST_BINARY") { BuiltSlipway.isThere }, .serialized, .timeLimit(.minutes(5)))
struct BuildTests {
  /// A stack whose `web` is built from a folder `web`; gone after `body`.
  private func withBuild(_ build: String = "./web", _ body: (BuiltSlipway) async throws -> Void) async throws {
    let slipway = try BuiltSlipway()
    try slipway.write("services:\n  web:\n    build: \(build)\n")
    let web = slipway.folder.appendingPathComponent("web")
    try FileManager.default.createDirectory(at: web, withIntermediateDirectories: true)
    try write(
      "FROM slipway/base:1\nARG GREETING=hello\nENV GREETING=$GREETING\nCOPY . /app\nCMD [\"sleep\", \"600\"]\n",
      to: "web/Dockerfile", slipway)
    try write("one\n", to: "web/data", slipway)
    do {
      try await body(slipway)
    } catch {
      try? await slipway.remove()
      throw error
    }
    _ = try await slipway.shell("$ENGINE -X DELETE http://engine/images/$P-web?force=1")
    try await slipway.remove()
  }

  private func write(_ text: String, to path: String, _ slipway: BuiltSlipway) throws {
    try text.write(to: slipway.folder.appendingPathComponent(path), atomically: true, encoding: .utf8)
  }

  private func image(_ slipway: BuiltSlipway, _ key: String) async throws -> String {
    try await slipway.shell("$ENGINE http://engine/images/$P-web/json | tr ',' '\\n' | grep -F '\(key)' || true").output
  }

  @Test func `A missing image is built by a deploy, with Compose's labels, and kept from then on`() async throws {
    try await withBuild { slipway in
      let p = slipway.project
      let plan = try await slipway.run("plan", "-p", p)
      #expect(plan.code == 2 && plan.output.contains("build   image \(p)-web for web"), "\(plan.output)\(plan.errors)")
      let up = try await slipway.run("up", "-d", "-p", p)
      #expect(up.code == 0 && up.errors.contains("Image \(p)-web  Built") && up.errors.contains("web | Step 1/"), "\(up.errors)")
      for label in ["project\":\"\(p)", "service\":\"web", "version\":\"5.6.1", "image.builder\":\"classic"] {
        #expect(try await !image(slipway, "com.docker.compose.\(label)").isEmpty, "\(label)")
      }
      #expect(try await slipway.run("exec", "-T", "-p", p, "web", "cat", "/app/data").output == "one\n")
      let again = try await slipway.run("up", "-d", "-p", p)
      #expect(again.errors.contains("nothing to do"), "\(again.errors)")
    }
  }

  @Test func `Up with --build replaces the container when the image is another, and only then`() async throws {
    try await withBuild { slipway in
      let p = slipway.project
      #expect(try await slipway.run("up", "-d", "-p", p).code == 0)
      let first = try await slipway.run("ps", "-q", "-p", p).output
      let same = try await slipway.run("up", "-d", "--build", "-p", p)
      #expect(same.code == 0, "\(same.errors)")
      #expect(try await slipway.run("ps", "-q", "-p", p).output == first)
      try write("two\n", to: "web/data", slipway)
      let quiet = try await slipway.run("up", "-d", "--build", "--quiet-build", "-p", p)
      #expect(quiet.code == 0 && quiet.errors.contains("Built") && !quiet.errors.contains("Step 1"), "\(quiet.errors)")
      #expect(try await slipway.run("ps", "-q", "-p", p).output != first)
      #expect(try await slipway.run("exec", "-T", "-p", p, "web", "cat", "/app/data").output == "two\n")
      let back = try await slipway.run("rollback", "1", "-p", p)
      #expect(back.code == 0 && !back.errors.contains("Built"), "\(back.errors)")
      #expect(try await slipway.run("exec", "-T", "-p", p, "web", "cat", "/app/data").output == "one\n")
    }
  }

  @Test func `A rollback never builds: an image that is gone is named`() async throws {
    try await withBuild { slipway in
      let p = slipway.project
      #expect(try await slipway.run("up", "-d", "-p", p).code == 0)
      try write("two\n", to: "web/data", slipway)
      #expect(try await slipway.run("up", "-d", "--build", "-p", p).code == 0)
      _ = try await slipway.shell(
        "$ENGINE -X POST -G http://engine/images/prune --data-urlencode 'filters={\"label\":[\"com.docker.compose.project='$P'\"]}'"
      )
      let back = try await slipway.run("rollback", "1", "-p", p)
      #expect(back.code == 1 && back.errors.contains("a rollback never builds"), "\(back.errors)")
    }
  }

  @Test func `Without a build nothing is begun where the image is missing`() async throws {
    try await withBuild { slipway in
      let up = try await slipway.run("up", "-d", "--no-build", "-p", slipway.project)
      #expect(up.code == 1 && up.errors.contains("must be built") && up.errors.contains("slipway build web"), "\(up.errors)")
    }
  }

  @Test func `What needs BuildKit is refused before anything changes`() async throws {
    try await withBuild("{context: ./web, ssh: [default], privileged: true}") { slipway in
      for command in [["up", "-d"], ["plan"], ["build"]] {
        let result = try await slipway.shell("$SLIPWAY \(command.joined(separator: " ")) -p $P")
        #expect(result.code == 1 && result.errors.contains("services.web.build.ssh"), "\(result.errors)")
        #expect(result.errors.contains("services.web.build.privileged"), "\(result.errors)")
      }
      #expect(try await slipway.run("ps", "-a", "-q", "-p", slipway.project).output == "")
    }
  }

  @Test func `A build that fails says why with its last lines, and changes nothing`() async throws {
    try await withBuild { slipway in
      try write("FROM slipway/base:1\nRUN echo about to fail && exit 3\n", to: "web/Dockerfile", slipway)
      let up = try await slipway.run("up", "-d", "-p", slipway.project)
      #expect(up.code == 1 && up.errors.contains("could not build image \(slipway.project)-web for web"), "\(up.errors)")
      #expect(up.errors.contains("    about to fail") && up.errors.contains("nothing was changed"), "\(up.errors)")
      let build = try await slipway.run("build", "-q", "-p", slipway.project)
      #expect(build.code == 1 && build.errors.contains("returned a non-zero code: 3"), "\(build.errors)")
    }
  }

  @Test func `The build command takes arguments, inline Dockerfiles, ignore files and exceptions`() async throws {
    try await withBuild { slipway in
      let p = slipway.project
      try write("*\n!keep\n", to: "web/.dockerignore", slipway)
      try write("kept\n", to: "web/keep", slipway)
      let build = try await slipway.run("build", "--build-arg", "GREETING=hey", "-p", p, "--json")
      #expect(build.code == 0 && build.output.contains("\"result\": \"built\""), "\(build.output)\(build.errors)")
      #expect(try await !image(slipway, "GREETING=hey").isEmpty)
      let listed = try await slipway.shell(
        "$SLIPWAY up -d -p $P >/dev/null 2>&1; $SLIPWAY exec -T -p $P web ls -a /app | tr '\\n' ' '")
      #expect(listed.output == ". .. keep ", "\(listed.output)\(listed.errors)")
      try slipway.write(
        """
        services:
          web:
            build:
              context: ./web
              dockerfile_inline: |
                FROM slipway/base:1 AS first
                COPY . /app
                FROM first AS second
                RUN exit 1
              target: first
              labels: {mine: "1"}
              tags: ["\(p)-web:second"]
        """)
      let inline = try await slipway.run("build", "--no-cache", "-p", p)
      #expect(inline.code == 0, "\(inline.errors)")
      #expect(try await !image(slipway, "\"mine\":\"1\"").isEmpty)
      #expect(try await !image(slipway, "\(p)-web:second").isEmpty)
      _ = try await slipway.shell("$ENGINE -X DELETE http://engine/images/$P-web:second")
    }
  }

  @Test func `A build argument without a value has that of the environment, else of the env file`() async throws {
    try await withBuild { slipway in
      try write("GREETING=from the file\n", to: ".env", slipway)
      let file = try await slipway.run("build", "-q", "--build-arg", "GREETING", "-p", slipway.project)
      #expect(file.code == 0, "\(file.errors)")
      #expect(try await !image(slipway, "GREETING=from the file").isEmpty)
      let environment = try await slipway.shell("GREETING='from outside' $SLIPWAY build -q --build-arg GREETING -p $P")
      #expect(environment.code == 0, "\(environment.errors)")
      #expect(try await !image(slipway, "GREETING=from outside").isEmpty)
    }
  }

  @Test func `A context that is an address is fetched by the engine`() async throws {
    try await withBuild { slipway in
      let p = slipway.project
      try slipway.write(
        """
        services:
          files:
            image: slipway/base:1
            init: true
            command: [httpd, -f, -p, "80", -h, /www]
            ports: ["80"]
            volumes: ["./web:/www"]
        """)
      _ = try await slipway.shell(
        "printf 'FROM slipway/base:1\\nRUN echo remote >/remote\\n' >web/Dockerfile; cd web && tar czf context.tar.gz Dockerfile")
      #expect(try await slipway.run("up", "-d", "-p", p).code == 0)
      let port = try await slipway.run("port", "files", "80", "-p", p).output.split(separator: ":").last?.filter(\.isNumber) ?? ""
      // The address is the engine's own.
      try slipway.write(
        """
        services:
          web: {build: "http://127.0.0.1:\(port)/context.tar.gz", command: [cat, /remote]}
          gone: {build: "http://127.0.0.1:\(port)/nothing"}
        """)
      let run = try await slipway.run("-p", p, "run", "--rm", "web")
      #expect(run.code == 0 && run.output == "remote\n", "\(run)")
      let gone = try await slipway.run("-p", p, "build", "gone")
      #expect(gone.code == 1 && gone.errors.contains("404"), "\(gone.errors)")
    }
  }

  @Test func `A push sends what is built under a name, and tells what the registry says`() async throws {
    try await withBuild { slipway in
      try slipway.write(
        "services:\n  web:\n    image: 127.0.0.1:9/shop/web:1\n    build: ./web\n  db:\n    image: slipway/base:1\n")
      let p = slipway.project
      #expect(try await slipway.run("build", "-p", p).code == 0)
      #expect(try await slipway.run("push", "--dry-run", "-p", p).output == "127.0.0.1:9/shop/web:1\n")
      let push = try await slipway.run("push", "-p", p)
      #expect(push.code == 1 && push.errors.contains("could not push image 127.0.0.1:9/shop/web:1"), "\(push.errors)")
      #expect(push.errors.contains("image slipway/base:1  skipped"), "\(push.errors)")
      #expect(try await slipway.run("push", "--ignore-push-failures", "-q", "-p", p).code == 0)
      _ = try await slipway.shell("$ENGINE -X DELETE http://engine/images/127.0.0.1:9/shop/web:1")
    }
  }

  private static let compose =
    ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/docker-compose")
    } ?? false

  /// Docker Compose with the same builder sets the last of its labels only; with BuildKit all of them.
  @Test(.enabled(if: compose, "docker-compose is not installed"))
  func `Docker Compose makes the same image, and changes nothing after us`() async throws {
    try await withBuild("{context: ./web, args: {GREETING: hi}, labels: {mine: x}}") { slipway in
      let p = slipway.project
      #expect(try await slipway.run("build", "-p", p).code == 0)
      func config() async throws -> String {
        try await slipway.shell(
          """
          $ENGINE http://engine/images/$P-web/json | sed 's/.*,"Config"://; s/,"Architecture.*//; s/"Image":"[^"]*",//' |
            sed -E 's/"com.docker.compose.(project|service|version)":"[^"]*",//g'
          """
        ).output
      }
      let ours = try await config()
      #expect(ours.contains("GREETING=hi") && ours.contains("\"mine\":\"x\"") && !ours.contains("compose.project"), "\(ours)")
      let theirs = try await slipway.shell("DOCKER_BUILDKIT=0 docker-compose -p $P build --no-cache 2>&1")
      #expect(theirs.code == 0, "\(theirs.output)")
      #expect(try await config() == ours)
      #expect(try await slipway.run("up", "-d", "-p", p).code == 0)
      let before = try await slipway.run("ps", "-q", "-p", p).output
      #expect(try await slipway.shell("DOCKER_BUILDKIT=0 docker-compose -p $P up -d 2>&1").code == 0)
      #expect(try await slipway.run("ps", "-q", "-p", p).output == before)
    }
  }
}
