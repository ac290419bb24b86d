import { call } from "../../api/client";
import type { User } from "../../api/schema";
import { Dialog } from "../../parts/Dialog";
import { Loaded } from "../../parts/Loaded";
import { useLive } from "../../stream/live";
import { SessionTable } from "../profile/SessionTable";
import { TokenTable } from "../tokens/TokenTable";

/** The open sessions and the tokens of a user; each can be ended. */
export function UserAccess({ user, onClose }: { user: User; onClose: () => void }) {
  const path = { id: String(user.id) };
  const sessions = useLive(`user:${user.id}:sessions`, async (signal) => (await call("GET /users/{id}/sessions", { path }, { signal })).items);
  const tokens = useLive(`user:${user.id}:tokens`, async (signal) => (await call("GET /users/{id}/tokens", { path }, { signal })).items);
  return (
    <Dialog title={`Sessions and tokens of ${user.username}`} isWide onClose={onClose}>
      <h3>Sessions</h3>
      <Loaded live={sessions}>
        {(items) => (
          <SessionTable
            sessions={items}
            onEnd={async (session) => {
              await call("DELETE /users/{id}/sessions/{session}", { path: { ...path, session: session.id } });
              sessions.reload();
            }}
          />
        )}
      </Loaded>
      <h3>Tokens</h3>
      <Loaded live={tokens}>
        {(items) => (
          <TokenTable
            tokens={items}
            onEnd={async (token) => {
              await call("DELETE /users/{id}/tokens/{token}", { path: { ...path, token: token.id } });
              tokens.reload();
            }}
          />
        )}
      </Loaded>
    </Dialog>
  );
}
