import Accounts
import RevisionStore
import SlipwayAPI

extension SessionBody {
  init(_ principal: Principal) {
    let kind =
      switch principal.credential {
      case .session: "session"
      case .token: "token"
      // What goes by a schedule never asks who it is.
      case .local, .schedule: "local"
      }
    self.init(
      username: principal.name, kind: kind, grants: principal.grants.map { GrantBody($0) },
      scopes: principal.scopes.map { $0.map(\.rawValue).sorted() }, stepUpAt: principal.stepUpAt?.text,
      needsSecondFactor: principal.lacksSecondFactor, endsAt: principal.endsAt?.text,
      idleSeconds: kind == "session" ? AccountService.sessionIdleSeconds : nil)
  }
}

extension GrantBody {
  init(_ grant: Grant) {
    let (server, stack): (String?, String?) =
      switch grant.scope {
      case .global: (nil, nil)
      case .server(let server): (server, nil)
      case .stack(let server, let name): (server, name)
      }
    self.init(role: grant.role.rawValue, server: server, stack: stack, mayExec: grant.mayExec, mayRestore: grant.mayRestore)
  }
}
