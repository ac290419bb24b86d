import { useEffect, useRef, useState } from "react";
import type { Session } from "../api/schema";
import { gates, shared } from "../api/gates";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { LoginForm } from "../pages/login/LoginForm";
import { useLink } from "../stream/stream";
import { loadSession, useSession } from "./session";

/** Milliseconds. */
const RENEWAL_PAUSE = 5000;
const ANSWER_PAUSE = 1000;
/** So often within that time a session is taken for a renewed one. */
const RENEWALS = 3;

/** The session has ended: a login over the page, whose drafts stay as they are. */
export function LoginAgain() {
  const { session, refresh, logOut } = useSession();
  const [isOpen, setOpen] = useState(false);
  /** Else it only will, soon. */
  const [hasEnded, setEnded] = useState(true);
  const waiting = useRef<(goOn: boolean) => void>();
  const link = useLink();

  useEffect(() => {
    gates.login = shared(
      () =>
        new Promise<boolean>((resolve) => {
          waiting.current = resolve;
          setEnded(true);
          setOpen(true);
        }),
    );
    gates.renew = () => {
      setEnded(false);
      setOpen(true);
    };
    return () => {
      gates.login = gates.renew = undefined;
    };
  }, []);
  // The socket learns of the end first when no call is made. A new password or second factor brings a new session, and only the old one
  // has ended: then the socket begins again with that, a few times.
  const renewed = useRef({ at: 0, times: 0 });
  useEffect(() => {
    if (link.state !== "ended") return;
    setEnded(true);
    const { at, times } = renewed.current;
    const isSoon = Date.now() - at < RENEWAL_PAUSE;
    if (isSoon && times >= RENEWALS) return setOpen(true);
    renewed.current = { at: Date.now(), times: isSoon ? times + 1 : 1 };
    // The answer that brings the new session may still be on its way: it is asked for twice.
    const again = setTimeout(() => loadSession().then(refresh, () => setOpen(true)), ANSWER_PAUSE);
    loadSession().then((session) => {
      clearTimeout(again);
      return refresh(session);
    }, () => undefined);
    return () => clearTimeout(again);
  }, [link.state, refresh]);

  if (!isOpen) return null;
  async function done(next: Session): Promise<void> {
    // Somebody else: nothing that was loaded or waits here is theirs.
    if (next.username !== session.username) return location.reload();
    await refresh(next);
    setOpen(false);
    waiting.current?.(true);
    waiting.current = undefined;
  }
  function leave(): void {
    setOpen(false);
    waiting.current?.(false);
    waiting.current = undefined;
    void logOut();
  }
  return (
    <Dialog
      title={hasEnded ? "Your session has ended" : "Your session ends soon"} onClose={() => setOpen(false)} isFirm={hasEnded}
      footer={hasEnded ? <Button onClick={leave}>Go to the login page</Button> : undefined}
    >
      <p>Log in again to go on where you are; nothing that you typed is lost.</p>
      <LoginForm username={session.username} onDone={done} />
    </Dialog>
  );
}
