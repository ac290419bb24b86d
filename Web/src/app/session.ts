import { createContext, useContext } from "react";
import { call } from "../api/client";
import type { Session } from "../api/schema";

export type Role = "viewer" | "operator" | "admin";

const RANK: Record<Role, number> = { viewer: 1, operator: 2, admin: 3 };

/** Where something is: nothing of it named means everywhere. */
export interface Scope {
  server?: string | null;
  stack?: string | null;
}

/** Whether the session has a role on a scope. The server decides in the end; this only keeps away what it would refuse. */
export function may(session: Session, role: Role, scope: Scope = {}): boolean {
  return session.grants.some(
    (grant) =>
      RANK[grant.role] >= RANK[role] &&
      (grant.server == null || grant.server === scope.server) &&
      (grant.stack == null || grant.stack === scope.stack),
  );
}

/** Whether it has the role anywhere. */
export function mayAnywhere(session: Session, role: Role): boolean {
  return session.grants.some((grant) => RANK[grant.role] >= RANK[role]);
}

/** Whether it may run commands in containers of a scope. */
export function mayExec(session: Session, scope: Scope = {}): boolean {
  return session.grants.some(
    (grant) =>
      grant.may_exec && (grant.server == null || grant.server === scope.server) && (grant.stack == null || grant.stack === scope.stack),
  );
}

export interface SessionAccess {
  session: Session;
  /** Takes over what a call has answered, or asks the server. */
  refresh: (session?: Session) => Promise<void>;
  logOut: () => Promise<void>;
}

export const SessionContext = createContext<SessionAccess | null>(null);

/** Who is logged in; only inside the shell. */
export function useSession(): SessionAccess {
  const access = useContext(SessionContext);
  if (!access) throw new Error("there is no session outside the shell");
  return access;
}

export function loadSession(): Promise<Session> {
  return call("GET /session", undefined, { plain: true });
}
