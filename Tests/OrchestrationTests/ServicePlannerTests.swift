import DockerEngine
import Orchestration
import StackPlanning
import Testing

/// `web` needs `api` started, `api` (twice) needs `db` healthy and restarts along with it, `job` needs `db`'s migration done.
private func stack(_ state: ContainerStatus, except: [String: ContainerStatus] = [:]) -> [ServiceContainer] {
  func container(_ service: String, _ number: Int = 1, needs label: String = "") -> ServiceContainer {
    let name = "s-\(service)-\(number)"
    return ServiceContainer(
      id: "id-\(service)-\(number)", name: name, service: service, number: number, state: except[name] ?? state,
      dependencies: ServiceContainer.dependencies(label: label))
  }
  return [
    container("api", 1, needs: "db:service_healthy:true"), container("api", 2, needs: "db:service_healthy:true"),
    container("db"), container("web", needs: "api:service_started:false"),
  ]
}

/// The steps as text, one a line: number, words, what they wait for.
private func text(
  _ command: ServiceCommand, services: [String] = [], _ containers: [ServiceContainer], includesOrphans: Bool = false
) throws -> String {
  var scope = ServiceScope(project: "s", services: services)
  scope.includesOrphans = includesOrphans
  return try ServicePlanner.steps(command, scope, containers: containers).map { step in
    let after = step.dependencies.isEmpty ? "" : " after \(step.dependencies.map(String.init).joined(separator: ","))"
    let words = step.action.words
    return "\(step.number) \(words.verb) \(words.object)\(after)"
  }.joined(separator: "\n")
}

@Suite struct ServicePlannerTests {
  @Test func `A start goes from the dependencies up and waits for their conditions once`() throws {
    #expect(
      try text(.start(waits: false), stack(.exited)) == """
        1 start container s-db-1
        2 wait for service db after 1
        3 start container s-api-1 after 2
        4 start container s-api-2 after 2
        5 start container s-web-1 after 3,4
        """)
  }

  @Test func `A start of one service starts what it depends on, and nothing else`() throws {
    #expect(
      try text(.start(waits: false), services: ["api"], stack(.exited)) == """
        1 start container s-db-1
        2 wait for service db after 1
        3 start container s-api-1 after 2
        4 start container s-api-2 after 2
        """)
  }

  @Test func `What runs is not started again, and a start that waits looks at all`() throws {
    #expect(try text(.start(waits: false), stack(.running)) == "")
    #expect(
      try text(.start(waits: true), services: ["db"], stack(.running)) == "1 wait for service db")
  }

  @Test func `A stop goes from the dependents down`() throws {
    #expect(
      try text(.stop(graceSeconds: 3), stack(.running)) == """
        1 stop container s-web-1
        2 stop container s-api-1 after 1
        3 stop container s-api-2 after 1
        4 stop container s-db-1 after 2,3
        """)
  }

  @Test func `A stop of one service leaves its dependents alone`() throws {
    #expect(try text(.stop(graceSeconds: nil), services: ["db"], stack(.running)) == "1 stop container s-db-1")
  }

  @Test func `A restart takes along only what asked for it`() throws {
    let restart = ServiceCommand.restart(graceSeconds: nil, withDependents: true)
    #expect(
      try text(restart, services: ["db"], stack(.running)) == """
        1 restart container s-db-1
        2 restart container s-api-1 after 1
        3 restart container s-api-2 after 1
        """)
    let alone = ServiceCommand.restart(graceSeconds: nil, withDependents: false)
    #expect(try text(alone, services: ["db"], stack(.running)) == "1 restart container s-db-1")
  }

  @Test func `Pause and unpause take only what is in the other state`() throws {
    let mixed = stack(.exited, except: ["s-db-1": .running, "s-web-1": .paused])
    #expect(try text(.pause, mixed) == "1 pause container s-db-1")
    #expect(try text(.unpause, mixed) == "1 unpause container s-web-1")
  }

  @Test func `A removal takes stopped containers only, or stops the others first`() throws {
    let mixed = stack(.exited, except: ["s-web-1": .running])
    #expect(
      try text(.remove(stopsFirst: false, withAnonymousVolumes: false), services: ["web", "db"], mixed)
        == "1 remove container s-db-1")
    #expect(
      try text(.remove(stopsFirst: true, withAnonymousVolumes: false), services: ["web", "db"], mixed) == """
        1 stop container s-web-1
        2 remove container s-db-1
        3 remove container s-web-1 after 1
        """)
  }

  @Test func `A kill takes containers of run too, in no order`() throws {
    var one = stack(.running)[3]
    one.isOneOff = true
    #expect(try text(.kill(signal: "HUP"), [one]) == "1 send HUP to container s-web-1")
    #expect(try text(.stop(graceSeconds: nil), [one]) == "")
  }

  @Test func `A service that is not there is refused with the names of those that are`() throws {
    let refusal = #expect(throws: ServiceRefusal.self) { try text(.pause, services: ["cache"], stack(.running)) }
    #expect(refusal?.description == "no such service: \"cache\" in the project s\n  fix: name one of: api, db, web")
    #expect(throws: ServiceRefusal.self) { try text(.start(waits: false), []) }
  }

  @Test func `The dependency label is read in its old and its new form`() {
    let dependencies = ServiceContainer.dependencies(label: "a:service_started:false,b:service_completed_successfully:true,c")
    #expect(
      dependencies == [
        .init(service: "a"), .init(service: "b", condition: .completed, restartsAlong: true), .init(service: "c"),
      ])
  }
}
