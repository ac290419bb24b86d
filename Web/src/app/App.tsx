import { useCallback, useEffect, useState } from "react";
import { call } from "../api/client";
import { asProblem, CallProblem } from "../api/problem";
import type { Problem, Session } from "../api/schema";
import { ProblemNote } from "../parts/ProblemNote";
import { connect, disconnect } from "../stream/stream";
import { startEvents, stopAllEvents } from "../stream/live";
import { lazyPage } from "./lazyPage";
import { go, useAddress } from "./router";
import { loadSession, SessionContext } from "./session";
import { Shell } from "./Shell";
import { useTheme } from "./theme";
import { ErrorBoundary } from "./ErrorBoundary";

type State = { is: "asking" } | { is: "in"; session: Session } | { is: "out" } | { is: "setup" } | { is: "failed"; problem: Problem };

const Login = lazyPage(() => import("../pages/login/Login"));
const Setup = lazyPage(() => import("../pages/setup/Setup"));

/** Who is there: nobody yet, nobody logged in, or somebody with the shell around the page. */
export function App() {
  const [state, setState] = useState<State>({ is: "asking" });
  const address = useAddress();
  useTheme();

  const refresh = useCallback(async (given?: Session) => {
    try {
      const session = given ?? (await loadSession());
      connect();
      startEvents();
      setState({ is: "in", session });
    } catch (error) {
      if (error instanceof CallProblem && error.code === "setup_required") setState({ is: "setup" });
      else if (error instanceof CallProblem && error.status === 401) setState({ is: "out" });
      else setState({ is: "failed", problem: asProblem(error) });
    }
  }, []);

  const logOut = useCallback(async () => {
    await call("POST /logout", undefined, { plain: true }).catch(() => undefined);
    stopAllEvents();
    disconnect();
    setState({ is: "out" });
    go("/login", { force: true });
  }, []);

  useEffect(() => void refresh(), [refresh]);

  const path = address.split("?")[0];
  useEffect(() => {
    if (state.is === "in" && (path === "/login" || path === "/setup")) go(nextOf(address), { replace: true });
  }, [state.is, path, address]);
  // Without the second factor that an admin requires, the server refuses all but setting it up.
  const lacksFactor = state.is === "in" && state.session.needs_second_factor && path !== "/profile";
  useEffect(() => {
    if (lacksFactor) go("/profile", { replace: true });
  }, [lacksFactor]);

  switch (state.is) {
    case "asking": return <div className="alone" aria-busy="true" />;
    case "failed":
      return (
        <main className="alone">
          <div className="alone-box"><ProblemNote problem={state.problem} retry={() => void refresh()} /></div>
        </main>
      );
    case "setup": return <ErrorBoundary><Setup onDone={refresh} /></ErrorBoundary>;
    case "out": return <ErrorBoundary><Login onDone={refresh} /></ErrorBoundary>;
    case "in":
      return (
        <SessionContext.Provider value={{ session: state.session, refresh, logOut }}>
          <Shell />
        </SessionContext.Provider>
      );
  }
}

/** Where somebody wanted to go before the login; only a path of this site. */
function nextOf(address: string): string {
  const next = new URLSearchParams(address.split("?")[1] ?? "").get("next") ?? "/";
  try {
    // As the browser would read it: it takes a backslash for a slash, and passes over tabs.
    const { origin, pathname, search } = new URL(next, location.origin);
    return origin === location.origin ? pathname + search : "/";
  } catch {
    return "/";
  }
}
