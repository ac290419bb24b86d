import ComposeFile
import SlipwayTesting
import Testing

@testable import Orchestration

struct WatchPlanTests {
  private func plan(_ compose: String, services: [String] = [], ignore: String = "") throws -> WatchPlan {
    let files = MemoryFiles(files: [
      "/shop/compose.yaml": compose, "/shop/Dockerfile": "FROM a", "/shop/.dockerignore": ignore, "/shop/src/a.js": "",
      "/shop/package.json": "", "/shop/conf/x": "",
    ])
    var request = LoadRequest(environment: [:], currentDirectory: "/shop")
    request.projectName = "shop"
    return try WatchPlan(try ComposeLoader.load(request, from: files).project, services: services, from: files)
  }

  private static let all = """
    services:
      web:
        build: .
        develop:
          watch:
            - {path: ./src, action: sync, target: /app/src/, ignore: [node_modules/, "*.log"]}
            - {path: ./package.json, action: rebuild}
            - {path: ./conf, action: sync+restart, target: /etc/web}
      job:
        image: x
        develop:
          watch:
            - {path: ./src, action: sync+exec, target: /job, include: ["*.js", lib], exec: {command: [make, it]}}
            - {path: ./conf, action: restart}
    """

  private func reactions(_ paths: Set<String>, gone: Set<String> = [], ignore: String = "") throws -> [String: WatchPlan.Reaction]
  {
    try plan(Self.all, ignore: ignore).reactions(to: paths.union(gone)) { !gone.contains($0) }
  }

  @Test func `A file is copied to its place, and what was removed goes there too`() throws {
    let reactions = try reactions(["/shop/src/a.js", "/shop/src/deep/b.js"], gone: ["/shop/src/old.css"])
    let web = try #require(reactions["web"])
    #expect(
      web.copies == [
        .init(source: "/shop/src/a.js", target: "/app/src/a.js"),
        .init(source: "/shop/src/deep/b.js", target: "/app/src/deep/b.js"),
      ])
    #expect(web.deletions == [.init(source: "/shop/src/old.css", target: "/app/src/old.css")])
    #expect(!web.rebuilds && !web.restarts && web.commands.isEmpty)
    let job = try #require(reactions["job"])
    #expect(job.copies == [.init(source: "/shop/src/a.js", target: "/job/a.js")] && job.deletions.isEmpty)
    #expect(job.commands.map(\.command) == [["make", "it"]])
  }

  @Test func `A watched folder that goes takes what was in it along, not the folder of the target`() throws {
    let reactions = try reactions([], gone: ["/shop/src", "/shop/src/a.js", "/shop/conf"])
    #expect(reactions["web"]?.deletions == [.init(source: "/shop/src/a.js", target: "/app/src/a.js")])
    #expect(reactions["job"]?.deletions == [.init(source: "/shop/src/a.js", target: "/job/a.js")])
    #expect(reactions["web"]?.restarts == false && reactions["job"]?.restarts == true)
  }

  private func removals(_ targets: String...) -> [WatchPlan.Copy] { targets.map { .init(source: "/here\($0)", target: $0) } }

  @Test func `Removals wait for each container, and go with it`() {
    var waiting = WaitingRemovals()
    #expect(waiting.isEmpty)
    #expect(waiting.add(removals("/a", "/b"), in: "one") == 0 && waiting.add(removals("/b"), in: "one") == 0)
    #expect(waiting.add(removals("/a"), in: "two") == 0)
    #expect(Set(waiting.take("one")) == Set(removals("/a", "/b")) && waiting.take("one").isEmpty && !waiting.isEmpty)
    waiting.keep(only: ["one"])
    #expect(waiting.isEmpty)
  }

  @Test func `No more removals wait than the limit, and those without room are counted`() {
    var waiting = WaitingRemovals()
    let many = (0..<WaitingRemovals.limit + 5).map { WatchPlan.Copy(source: "/s/\($0)", target: "/t/\($0)") }
    #expect(waiting.add(many, in: "one") == 5 && waiting.add(removals("/x"), in: "two") == 1)
    #expect(waiting.take("one").count == WaitingRemovals.limit)
    #expect(waiting.add(removals("/x"), in: "two") == 0)
  }

  @Test func `A path is removed when it has not come back, with all below it at once, and never the root`() {
    let removals = removals("/a/b/c/d", "/a/b", "/a/b-c", "/a/b/c", "/new", "/new/old", "/")
    #expect(WaitingRemovals.paths(of: removals) { $0 == "/here/new" } == ["/a/b", "/a/b-c", "/new/old"])
  }

  @Test func `A rebuild stands for everything else of its service`() throws {
    let reactions = try reactions(["/shop/package.json", "/shop/src/a.js", "/shop/conf/x"])
    #expect(reactions["web"] == WatchPlan.Reaction(rebuilds: true))
    #expect(reactions["job"]?.restarts == true && reactions["job"]?.copies.count == 1)
  }

  @Test func `A rebuild that may have no cause stands for nothing else`() throws {
    let web = try plan(Self.all).reactions(to: ["/shop/package.json", "/shop/src/a.js"], rebuildsAlone: false) { _ in true }[
      "web"]
    #expect(web?.rebuilds == true && web?.copies == [.init(source: "/shop/src/a.js", target: "/app/src/a.js")])
  }

  @Test func `Sync and restart does both`() throws {
    let web = try #require(try reactions(["/shop/conf/x"])["web"])
    #expect(web.restarts && web.copies == [.init(source: "/shop/conf/x", target: "/etc/web/x")])
  }

  @Test(arguments: [
    "/shop/src/node_modules/x/y.js", "/shop/src/debug.log", "/shop/other", "/shop/src/.a.js.swp", "/shop/src/a.js~",
    "/shop/src/4913",
    "/shop/src/.git/HEAD", "/shop/src/.#a.js", "/shop/src/a.js___jb_tmp___", "/shop/srcs/a",
  ])
  func `What is ignored, elsewhere or an editor's own does nothing`(path: String) throws {
    #expect(try reactions([path])["web"] == nil)
  }

  @Test func `The ignore file of the build counts for the services that are built`() throws {
    let reactions = try reactions(["/shop/src/a.js"], ignore: "src/*\n!src/b.js\n")
    #expect(reactions["web"] == nil && reactions["job"] != nil)
    let plan = try plan(Self.all, services: ["web"], ignore: "src/deep\nconf\n!conf/x\n")
    #expect(!plan.mayCount(in: "/shop/src/deep") && !plan.mayCount(in: "/shop/src/node_modules"))
    #expect(plan.mayCount(in: "/shop/src") && plan.mayCount(in: "/shop/conf") && !plan.mayCount(in: "/shop/docs"))
  }

  @Test func `What is watched can be told, for all services or some`() throws {
    let plan = try plan(Self.all)
    #expect(plan.services == ["job", "web"] && plan.paths == ["/shop/conf", "/shop/package.json", "/shop/src"])
    #expect(try self.plan(Self.all, services: ["job"]).services == ["job"])
  }

  @Test(arguments: [
    ("{image: a}", "no service of shop has rules to watch by"),
    ("{image: a, develop: {watch: [{path: ./gone, action: restart}]}}", "develop.watch[0].path: /shop/gone does not exist"),
    ("{image: a, develop: {watch: [{path: ., action: rebuild}]}}", "develop.watch[0].action: rebuild needs a `build`"),
    ("{image: a, develop: {watch: [{path: ., action: sync, target: rel}]}}", "develop.watch[0].target: "),
    ("{image: a, develop: {watch: [{path: ., action: sync+exec, target: /a}]}}", "develop.watch[0].exec: "),
    ("{image: a, develop: {watch: [{path: ., action: restart, ignore: ['[']}]}}", "develop.watch[0].ignore: the pattern"),
  ])
  func `Rules that cannot be followed are refused with their place`(service: String, words: String) {
    do {
      _ = try plan("services: {web: \(service)}")
      Issue.record("not refused")
    } catch {
      #expect("\(error)".contains(words) && "\(error)".contains("fix: "), "\(error)")
    }
  }
}
