import RevisionStore
import Testing

@testable import Accounts

/// S-AZ-1, S-AZ-2, S-AUTH-7, AB-B1 for the rule itself.
@Suite struct AuthorizationTests {
  private static let now = Timestamp(milliseconds: 1_700_000_000_000)
  private static let own = Resource.stack(server: "prod", name: "shop")
  private static let foreign = Resource.stack(server: "prod", name: "blog")
  private static let elsewhere = Resource.stack(server: "test", name: "shop")

  private func principal(
    _ grants: [Grant], scopes: Set<ScopeGroup>? = nil, limits: [Scope]? = nil, stepUp: Timestamp? = now
  ) -> Principal {
    Principal(
      credential: scopes == nil ? .session(id: "s") : .token(id: "t"), userID: 1, name: "ada", grants: grants, scopes: scopes,
      limits: limits, origin: .from(), stepUpAt: scopes == nil ? stepUp : nil)
  }

  private func decide(_ grants: [Grant], _ action: Action, _ resource: Resource = own) -> Authorization {
    authorize(principal(grants), action, on: resource, now: Self.now)
  }

  /// The table of S-AZ-2, row by row: what viewer, operator and admin may, without and with the right of their own.
  private static let table: [(actions: [Action], cells: [Bool])] = [
    (
      [.stackRead, .scanRead, .statsRead, .logsRead, .eventsRead, .operationRead, .containerRead, .serverRead, .templateRead],
      [true, true, true, true, true, true]
    ),
    (
      [.stackDeploy, .stackRollback, .stackControl, .containerControl, .updateApprove, .stackBackUp, .stackDown, .stackAdopt],
      [false, false, true, true, true, true]
    ),
    ([.stackCreate, .stackEdit, .draftRead, .secretWrite], [false, false, true, true, true, true]),
    ([.secretReveal], [false, false, false, false, true, true]),
    ([.stackRestore, .stackDelete, .volumeRemove], [false, false, false, true, true, true]),
    ([.containerExec, .containerCopy], [false, false, false, true, false, true]),
    (
      [
        .serverWrite, .serverTrust, .serverTest, .registryWrite, .registryRead, .userRead, .userWrite, .tokenRead, .tokenRevoke,
        .policyWrite, .gateWaive, .auditRead, .auditExport, .auditCut, .settingsRead, .settingsWrite, .systemWrite,
        .templateWrite, .sessionRead, .sessionEnd, .stackMove,
      ], [false, false, false, false, true, true]
    ),
    // Not in the table; counted with their neighbours in it.
    (
      [.imageRead, .networkRead, .volumeRead, .systemRead, .policyRead, .metricsRead], [true, true, true, true, true, true]
    ),
    (
      [
        .containerUpdate, .imagePull, .imageRemove, .imagePrune, .networkWrite, .volumeCreate, .operationCancel, .webhookRead,
        .webhookWrite,
      ], [false, false, true, true, true, true]
    ),
    ([.ownAccountRead, .ownAccountWrite, .ownSecondFactorWrite, .ownTokenWrite], [true, true, true, true, true, true]),
  ]

  @Test func `The table names every action once`() {
    let named = Self.table.flatMap(\.actions)
    #expect(Set(named) == Set(Action.allCases) && named.count == Action.allCases.count)
  }

  @Test(arguments: [Scope.global, .server("prod"), .stack(server: "prod", name: "shop")])
  func `S-AZ-2: each cell of the table holds, wherever the role was given`(scope: Scope) {
    for (actions, cells) in Self.table {
      for action in actions {
        for (index, isAllowed) in cells.enumerated() {
          let grant = Grant(
            Role.allCases[index / 2], on: scope, mayExec: !index.isMultiple(of: 2), mayRestore: !index.isMultiple(of: 2))
          let answer = decide([grant], action)
          #expect((answer == .allowed) == isAllowed, "\(action.rawValue) as \(grant): \(answer)")
          if !isAllowed {
            guard case .forbidden = answer else {
              Issue.record("\(action.rawValue) as \(grant): \(answer)")
              continue
            }
          }
        }
      }
    }
  }

  @Test func `S-AZ-2: what is foreign is not there, for every action and role`() {
    for action in Action.allCases {
      for role in Role.allCases {
        let ofStack = Grant(role, on: .stack(server: "prod", name: "shop"), mayExec: true, mayRestore: true)
        for resource in [Self.foreign, Self.elsewhere, .server("test")] {
          #expect(decide([ofStack], action, resource) == .notFound, "\(action.rawValue)")
        }
        let ofServer = Grant(role, on: .server("prod"), mayExec: true, mayRestore: true)
        for resource in [Self.elsewhere, .server("test")] {
          #expect(decide([ofServer], action, resource) == .notFound, "\(action.rawValue)")
        }
        #expect(decide([], action) == .notFound)
      }
    }
  }

  @Test func `Who has rights on one stack may not look at its server's images, nor manage anything`() {
    let grants = [Grant(.admin, on: .stack(server: "prod", name: "shop"), mayExec: true, mayRestore: true)]
    #expect(decide(grants, .serverRead, .server("prod")) == .allowed)
    for action in [Action.imageRead, .imagePrune, .volumeRead, .serverWrite, .stackRead] {
      guard case .forbidden = decide(grants, action, .server("prod")) else {
        Issue.record("\(action.rawValue)")
        continue
      }
    }
    for action in [Action.userWrite, .userRead, .auditRead, .settingsWrite, .systemWrite, .metricsRead, .serverWrite] {
      #expect(decide(grants, action, .global) == .forbidden(.role(action.minimalRole ?? .viewer)), "\(action.rawValue)")
    }
    // Lists: what is in them is asked for one by one.
    for action in [Action.stackRead, .containerRead, .eventsRead, .serverRead, .templateRead] {
      #expect(decide(grants, action, .global) == .allowed, "\(action.rawValue)")
      guard case .forbidden = decide([], action, .global) else {
        Issue.record("\(action.rawValue) without any right")
        continue
      }
    }
  }

  @Test func `The greatest of several roles counts, each only in its place`() {
    let grants = [
      Grant(.viewer, on: .global), Grant(.operator_, on: .server("prod")), Grant(.viewer, on: Self.scope, mayExec: true),
    ]
    #expect(decide(grants, .stackDeploy) == .allowed)
    #expect(decide(grants, .containerExec) == .allowed)
    #expect(decide(grants, .containerExec, Self.foreign) == .forbidden(.execGrant))
    #expect(decide(grants, .stackDeploy, Self.elsewhere) == .forbidden(.role(.operator_)))
    #expect(decide(grants, .stackRead, Self.elsewhere) == .allowed)
  }

  private static let scope = Scope.stack(server: "prod", name: "shop")

  @Test func `S-AUTH-7: users, tokens, keys, host keys, policy, waivers, reveal, exec and restore take a fresh password`() {
    let stepUps: Set<Action> = [
      .userWrite, .tokenRevoke, .sessionEnd, .ownTokenWrite, .ownSecondFactorWrite, .serverWrite, .serverTrust, .registryWrite,
      .policyWrite, .gateWaive, .secretReveal, .containerExec, .containerCopy, .stackRestore, .settingsWrite, .webhookWrite,
      .auditCut,
    ]
    let grants = [Grant(.admin, on: .global, mayExec: true)]
    for action in Action.allCases {
      #expect(action.needsStepUp == stepUps.contains(action), "\(action.rawValue)")
      for (moment, isFresh) in [(Self.now.milliseconds, true), (Self.now.milliseconds - 600_000, false), (nil, false)] {
        let someone = principal(grants, stepUp: moment.map(Timestamp.init(milliseconds:)))
        let answer = authorize(someone, action, on: Self.own, now: Self.now)
        #expect(answer == (isFresh || !action.needsStepUp ? .allowed : .needsStepUp), "\(action.rawValue)")
      }
      // Never a hint that a password would help where it would not.
      let viewer = principal([Grant(.viewer, on: .global)], stepUp: nil)
      if action.minimalRole ?? .viewer > .viewer {
        #expect(authorize(viewer, action, on: Self.own, now: Self.now) != .needsStepUp, "\(action.rawValue)")
      }
    }
  }

  @Test func `AB-B1: a token of one scope does the actions of that scope and no other`() {
    let grants = [Grant(.admin, on: .global, mayExec: true, mayRestore: true)]
    for group in ScopeGroup.allCases {
      #expect(Action.allCases.contains { $0.scopeGroup == group }, "\(group) is of no use")
      for action in Action.allCases {
        let answer = authorize(principal(grants, scopes: [group]), action, on: Self.own, now: Self.now)
        let expected: Authorization =
          switch action.scopeGroup {
          case group?: .allowed
          case let other?: .forbidden(.scope(other))
          case nil: .forbidden(.sessionOnly)
          }
        #expect(answer == expected, "\(action.rawValue) by \(group)")
      }
    }
    #expect(authorize(principal(grants, scopes: []), .stackRead, on: Self.own, now: Self.now) == .forbidden(.scope(.read)))
  }

  @Test func `No token makes users, tokens or sessions`() {
    for action in [
      Action.userWrite, .tokenRevoke, .sessionEnd, .ownTokenWrite, .ownSecondFactorWrite, .ownAccountWrite, .auditCut,
    ] {
      #expect(action.scopeGroup == nil, "\(action.rawValue)")
    }
  }

  @Test func `A token's limits cut what its user may, and an empty list leaves nothing`() {
    let grants = [Grant(.admin, on: .global)]
    let all = Set(ScopeGroup.allCases)
    func decide(_ limits: [Scope], _ action: Action, _ resource: Resource) -> Authorization {
      authorize(principal(grants, scopes: all, limits: limits), action, on: resource, now: Self.now)
    }
    #expect(decide([.server("prod")], .stackDeploy, Self.foreign) == .allowed)
    #expect(decide([.server("prod")], .stackDeploy, Self.elsewhere) == .notFound)
    #expect(decide([.server("prod")], .auditRead, .global) == .forbidden(.role(.admin)))
    #expect(decide([Self.scope], .stackRead, .global) == .allowed)
    #expect(decide([Self.scope], .imageRead, .server("prod")) == .forbidden(.role(.viewer)))
    for resource in [Self.own, .server("prod")] { #expect(decide([], .stackRead, resource) == .notFound) }
    guard case .forbidden = decide([], .stackRead, .global) else { return #expect(Bool(false), "a list without a place") }
  }

  @Test func `Who comes by the unix socket may everything, without a fresh password`() {
    let local = Principal.local(user: "root")
    for action in Action.allCases {
      for resource in [Resource.global, .server("prod"), Self.own] {
        #expect(authorize(local, action, on: resource, now: Self.now) == .allowed, "\(action.rawValue)")
      }
    }
    #expect(local.name == "local:root" && local.credentialText == "local")
  }

  @Test func `Who lacks the second factor may only get one, or leave`() {
    var someone = principal([Grant(.admin, on: .global, mayExec: true)])
    someone.lacksSecondFactor = true
    let open: Set<Action> = [.ownAccountRead, .ownAccountWrite, .ownSecondFactorWrite]
    for action in Action.allCases {
      let answer = authorize(someone, action, on: .global, now: Self.now)
      #expect(answer == (open.contains(action) ? .allowed : .forbidden(.secondFactor)), "\(action.rawValue)")
    }
  }

  @Test func `Rights on names that only look alike are rights on other things`() {
    let grants = [Grant(.admin, on: .stack(server: "prod", name: "shop"))]
    for resource in [
      Resource.stack(server: "Prod", name: "shop"), .stack(server: "prod", name: "shop "), .stack(server: "prod", name: "sho"),
      .stack(server: "shop", name: "prod"), .stack(server: "", name: ""),
    ] { #expect(decide(grants, .stackRead, resource) == .notFound) }
  }

  @Test func `S-AUD-1: a denial is written down`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addUser("bob", [Grant(.viewer, on: .stack(server: "prod", name: "shop"))])
    let bob = try await fixture.logIn("bob").principal
    let shop = Resource.stack(server: "prod", name: "shop")
    try await fixture.service.require(bob, .stackRead, on: shop)
    #expect(
      await accountError { try await fixture.service.require(bob, .stackDeploy, on: shop) } == .forbidden(.role(.operator_)))
    #expect(
      await accountError { try await fixture.service.require(bob, .stackRead, on: .stack(server: "prod", name: "blog")) }
        == .notFound(what: "stack"))
    let denied = try await fixture.store.auditRecords(matching: AuditFilter(outcome: .denied))
    #expect(denied.map(\.target) == ["stack:prod/blog", "stack:prod/shop"])
    #expect(denied.allSatisfy { $0.actor == "bob" && $0.requestID == "r-1" && $0.credential?.hasPrefix("session:") == true })
  }

  @Test func `The audit log is read, verified and cut by admins only`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addUser("bob", [Grant(.operator_, on: .global)])
    let (ada, bob) = (try await fixture.logIn().principal, try await fixture.logIn("bob").principal)
    try await fixture.service.note(ada, "container.exec", target: "stack:local/shop", detail: ["command": "sh"])
    #expect(try await fixture.service.auditRecords(by: ada).first?.action == "container.exec")
    guard case .sound = try await fixture.service.verifyAudit(by: ada) else { return #expect(Bool(false), "not sound") }
    #expect(await accountError { _ = try await fixture.service.auditRecords(by: bob) } == .forbidden(.role(.admin)))
    #expect(await accountError { _ = try await fixture.service.verifyAudit(by: bob) } == .forbidden(.role(.admin)))
    try await fixture.service.putSettings(["x": "1"], by: ada)
    #expect(try await fixture.service.settings(by: ada) == ["x": "1"])
    #expect(await accountError { try await fixture.service.putSettings(["x": "2"], by: bob) } == .forbidden(.role(.admin)))
    fixture.clock.advance(seconds: 7200)
    #expect(await accountError { _ = try await fixture.service.cutAudit(before: fixture.clock.now, by: ada) } == .stepUpRequired)
    let fresh = try await fixture.service.stepUp(ada, password: Fixture.password).principal
    #expect(try await fixture.service.cutAudit(before: fixture.clock.now, by: fresh) == 1)
    guard case .sound = try await fixture.service.verifyAudit(by: fresh) else { return #expect(Bool(false), "not sound") }
  }

  @Test func `Codes of errors are stable words`() {
    let codes: [(AccountError, String)] = [
      (.invalidCredentials, "invalid_credentials"), (.tooManyAttempts(retryAfterSeconds: 1), "too_many_attempts"),
      (.tooBusy(retryAfterSeconds: 1), "too_busy"), (.setupRequired, "setup_required"), (.weakPassword(.common), "weak_password"),
      (.secondFactorRequired, "second_factor_required"), (.stepUpRequired, "step_up_required"),
      (.unauthenticated, "unauthenticated"), (.forbidden(.sessionOnly), "forbidden"), (.notFound(what: "x"), "not_found"),
      (.alreadySetUp, "already_set_up"), (.badBootstrapToken, "invalid_bootstrap_token"),
      (.refused(.lastAdmin), "last_admin"),
    ]
    for (error, code) in codes { #expect(error.code == code && !error.description.isEmpty) }
  }
}
