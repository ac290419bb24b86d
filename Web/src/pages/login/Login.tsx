import { useEffect } from "react";
import { go } from "../../app/router";
import { useTitle } from "../../app/title";
import type { Session } from "../../api/schema";
import { Logo } from "../../parts/Logo";
import { LoginForm } from "./LoginForm";

/** The login, before the shell. */
export default function Login({ onDone }: { onDone: (session: Session) => Promise<void> }) {
  useTitle("Log in");
  useEffect(() => {
    const wanted = location.pathname + location.search;
    if (location.pathname !== "/login") go(wanted === "/" ? "/login" : `/login?next=${encodeURIComponent(wanted)}`, { replace: true });
  }, []);
  return (
    <main className="alone">
      <div className="alone-box">
        <p className="alone-name"><Logo size={28} />Slipway</p>
        <div className="panel">
          <h1>Log in</h1>
          <LoginForm onDone={onDone} />
        </div>
      </div>
    </main>
  );
}
