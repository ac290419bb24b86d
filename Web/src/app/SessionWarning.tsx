import { lastCallAt } from "../api/client";
import { gates } from "../api/gates";
import { Button } from "../parts/Button";
import { clockText } from "../parts/format";
import { useNow } from "../parts/useNow";
import { loadSession, useSession } from "./session";
import { endOf, WARNED_BEFORE } from "./sessionEnd";

/** Two minutes before a session ends: when, and how to go on. */
export function SessionWarning() {
  const { session, refresh } = useSession();
  const now = useNow(10_000);
  const end = endOf(session, lastCallAt());
  if (!end || end.at - now > WARNED_BEFORE || end.at < now) return null;
  return (
    <div className="stale-bar row" role="alert">
      Your session ends at {clockText(end.at)}.
      {end.isIdle ? (
        <Button onClick={() => void loadSession().then(refresh, () => undefined)}>Stay logged in</Button>
      ) : (
        <Button onClick={() => gates.renew?.()}>Log in again</Button>
      )}
    </div>
  );
}
