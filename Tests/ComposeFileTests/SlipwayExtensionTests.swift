import SlipwayTesting
import Testing

@testable import ComposeFile

@Suite struct SlipwayExtensionTests {
  private func load(_ yaml: String) throws -> LoadedProject {
    let request = LoadRequest(environment: [:], currentDirectory: "/p")
    return try ComposeLoader.load(request, from: MemoryFiles(files: ["/p/compose.yaml": yaml]))
  }

  private func problems(_ yaml: String) -> [String] {
    do {
      _ = try load(yaml)
      return []
    } catch let problems as ComposeProblems {
      return problems.problems.map { "\($0.position.line):\($0.position.column) \($0.message); \($0.remedy)" }
    } catch {
      return ["\(error)"]
    }
  }

  private static let full = """
    services:
      web:
        image: x
        x-slipway:
          auto_update: {enabled: true, strategy: blue-green, schedule: "*/5 0-6 * * 1,5", health_check_timeout: 2m}
          update: {policy: minor, min_age: 3d, ignore: [a, b], max_major_step: 1, snooze_until: 2027-01-31}
          deploy: {overlap: allow, singleton: false}
          backup: {mode: dump+volume, command: pg_dumpall -U p, pre_exec: {command: [a, b], timeout: 1m, on_error: ignore}}
          gate: {severity: high, cvss: 7.5, allowed: 2, eol: block}
      db: {image: y, volumes: ["data:/d"]}
    volumes:
      data: {x-slipway: {keep: true, backup: {mode: stop}}}
    x-slipway: {servers: [alpha, beta], gate: {unscanned: warn}, auto_update: {enabled: false}}
    """

  @Test func `All keys come back typed`() throws {
    let slipway = try load(Self.full).slipway
    #expect(slipway.servers == ["alpha", "beta"])
    #expect(slipway.gate?.unscanned == .warn)
    #expect(slipway.autoUpdate?.isEnabled == false)
    #expect(slipway.volumes["data"]?.isKept == true)
    #expect(slipway.volumes["data"]?.backup?.mode == .stop)
    let web = try #require(slipway.services["web"])
    #expect(web.autoUpdate?.strategy == .blueGreen)
    #expect(web.autoUpdate?.healthCheckTimeout == .seconds(120))
    #expect(web.update?.policy == .minor)
    #expect(web.update?.minimumAge == .seconds(3 * 86_400))
    #expect(web.update?.ignoredTags == ["a", "b"])
    #expect(web.update?.snoozedUntil == "2027-01-31")
    #expect(web.allowsOverlap == true && web.isSingleton == false)
    #expect(web.backup?.mode == .dumpAndVolume)
    #expect(web.backup?.command == ["pg_dumpall", "-U", "p"])
    #expect(web.backup?.before?.ignoresFailure == true)
    #expect(web.gate?.cvss == 7.5 && web.gate?.endOfLife == .block)
    #expect(slipway.services["db"] == nil)
  }

  @Test func `The extension changes no config hash and stays out of the printed service`() throws {
    let with = try load("services: {a: {image: x, x-slipway: {deploy: {singleton: true}}}}").project
    let without = try load("services: {a: {image: x}}").project
    #expect(with.services.map(\.configHash) == without.services.map(\.configHash))
    #expect(with.canonical == without.canonical)
  }

  @Test(arguments: [
    (
      "services: {a: {image: x}}\nx-slipway: {server: [a]}",
      "2:13 x-slipway: unknown key `server`; did you mean `servers`?"
    ),
    (
      "services: {a: {image: x, x-slipway: {servers: [a]}}}",
      "1:38 services.a.x-slipway: unknown key `servers`; "
        + "remove it; known here: auto_update, backup, deploy, gate, update"
    ),
    (
      "services: {a: {image: x, x-slipway: {auto_update: {strategy: canaryy}}}}",
      "1:62 services.a.x-slipway.auto_update.strategy: `canaryy` is not allowed; "
        + "use `manual`, `automatic`, `canary`, `blue-green`; did you mean `canary`?"
    ),
    (
      "services: {a: {image: x, x-slipway: {auto_update: {enabled: yes}}}}",
      "1:61 services.a.x-slipway.auto_update.enabled: must be a boolean, but is a string; write a boolean"
    ),
    (
      "services: {a: {image: x, x-slipway: {gate: {cvss: 11}}}}",
      "1:51 services.a.x-slipway.gate.cvss: 11 is out of range; use 0 to 10"
    ),
    (
      "services: {a: {image: x, x-slipway: {backup: {pre_exec: {user: u}}}}}",
      "1:57 services.a.x-slipway.backup.pre_exec: `command` is missing; add `command`"
    ),
    (
      "services: {a: {image: x, labels: {slipway.gate.cvss: high}}}",
      "1:54 services.a.labels.slipway.gate.cvss: must be a number, but is a string; write a number"
    ),
  ])
  func `A mistake is told at its place, with what was meant`(yaml: String, expected: String) {
    #expect(problems(yaml) == [expected])
  }

  @Test(arguments: ["* * * * *", "0 3 1 1 7", "*/15 0-6 * * 1-5", "5,10,55 * * * *", "0-30/10 * * * *"])
  func `A schedule of five fields passes`(schedule: String) {
    #expect(CronSchedule.isValid(schedule))
  }

  @Test(arguments: [
    "", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "5/2 * * * *", "9-3 * * * *", "*/0 * * * *", "@daily", "* * * * MON",
  ])
  func `Another schedule does not`(schedule: String) {
    #expect(!CronSchedule.isValid(schedule))
  }

  @Test func `Labels say the same, and the key wins over its label`() throws {
    let slipway = try load(
      """
      services:
        a:
          image: x
          labels: {slipway.update.policy: major, slipway.update.ignore: "a, b", slipway.deploy.singleton: "true"}
          x-slipway: {update: {policy: patch}}
      """
    ).slipway
    #expect(slipway.services["a"]?.update?.policy == .patch)
    #expect(slipway.services["a"]?.update?.ignoredTags == ["a", "b"])
    #expect(slipway.services["a"]?.isSingleton == true)
  }

  @Test func `What has no effect yet is told, and a label of an unknown name too`() throws {
    let loaded = try load(
      """
      services:
        a:
          image: x
          labels: {slipway.updat.policy: major, slipway.deploy.singleton: "true"}
          x-slipway: {update: {policy: patch}}
      x-slipway: {servers: [a], gate: {severity: high}}
      """)
    #expect(
      loaded.warnings.map { "\($0.position?.line ?? 0) \($0.message)" } == [
        "6 x-slipway.gate has no effect in this version of Slipway",
        "4 services.a.labels: the label `slipway.updat.policy` means nothing to Slipway; did you mean `slipway.update.policy`?",
        "4 services.a.labels: the label `slipway.deploy.singleton` has no effect in this version of Slipway",
        "5 services.a.x-slipway.update has no effect in this version of Slipway",
      ])
  }

  @Test func `Variables are replaced, files are merged`() throws {
    let request = LoadRequest(environment: ["P": "minor"], currentDirectory: "/p")
    let files = [
      "/p/compose.yaml": "services: {a: {image: x, x-slipway: {update: {policy: \"$P\", ignore: [a]}}}}",
      "/p/compose.override.yaml": "services: {a: {x-slipway: {update: {ignore: [b]}}}}",
    ]
    let update = try ComposeLoader.load(request, from: MemoryFiles(files: files)).slipway.services["a"]?.update
    #expect(update?.policy == .minor)
    #expect(update?.ignoredTags == ["a", "b"])
  }

  @Test func `A regular expression that cannot be read is refused, and a key that is nearly ours is told`() throws {
    let wrong = problems("services: {a: {image: x, x-slipway: {update: {include: '('}}}}\n")
    #expect(wrong.count == 1 && wrong[0].hasPrefix("1:56 ") && wrong[0].contains("regular expression"), "\(wrong)")
    let near = try load("x-slipwy: {}\nx-other: {}\nservices: {a: {image: x, x-slip-way: {}}}\n").warnings.map(\.description)
    #expect(near.count == 2 && near.allSatisfy { $0.contains("did you mean x-slipway?") }, "\(near)")
  }
}
