import { lazy, Suspense } from "react";
import { Button } from "../parts/Button";
import { Logo } from "../parts/Logo";
import { Menu } from "../parts/Menu";
import { Link } from "./Link";
import { LinkStateMark } from "./LinkStateMark";
import { OperationsTray } from "./OperationsTray";
import { prefer, usePreferences } from "./preferences";
import { go } from "./router";
import { useSession } from "./session";

const ServerFilter = lazy(() => import("./ServerFilter"));

const THEMES = ["auto", "light", "dark"] as const;

/** The bar at the top: where one is, how the link is, what runs, who one is. */
export function TopBar({ openPalette, openHelp }: { openPalette: () => void; openHelp: () => void }) {
  const { session, logOut } = useSession();
  const { theme } = usePreferences();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  return (
    <header className="top">
      <Link to="/" className="top-name"><Logo />Slipway</Link>
      <Button kind="plain" icon="search" className="palette-button" aria-keyshortcuts="Control+K" aria-label="Search and go to" onClick={openPalette}>
        <>Go to… <kbd>Ctrl K</kbd></>
      </Button>
      <span className="top-space" />
      <div className="top-server"><Suspense fallback={null}><ServerFilter /></Suspense></div>
      <OperationsTray />
      <LinkStateMark />
      <Button kind="quiet" icon={theme === "dark" ? "moon" : "sun"} iconOnly className="top-wide" onClick={() => prefer({ theme: next })}>
        {`Theme: ${theme}; change to ${next}`}
      </Button>
      <Menu
        name={`Account of ${session.username}`} icon="user"
        items={[
          { text: `Profile of ${session.username}`, icon: "user", onChoose: () => go("/profile") },
          { text: `Theme: ${next}`, icon: "sun", onChoose: () => prefer({ theme: next }) },
          { text: "Keyboard shortcuts", icon: "help", onChoose: openHelp },
          { text: "Log out", icon: "logout", onChoose: () => void logOut() },
        ]}
      />
    </header>
  );
}
