import { useEffect, useState } from "react";
import { clockText } from "../parts/format";
import { useLink } from "../stream/stream";
import { BottomBar } from "./BottomBar";
import { KeysHelp } from "./KeysHelp";
import { LoginAgain } from "./LoginAgain";
import { PageView, routeOf } from "./PageView";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { SessionWarning } from "./SessionWarning";
import { StepUp } from "./StepUp";
import { Toasts } from "./Toasts";
import { TopBar } from "./TopBar";
import { cameBack, useAddress } from "./router";
import { useKeys } from "./keys";

/** Everything around the page: top bar, rail, dialogs that any page may need. */
export function Shell() {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const path = useAddress().split("?")[0] ?? "/";
  const current = routeOf(path)?.route.rail;
  const link = useLink();
  const isStale = link.state === "offline" || link.state === "reconnecting";
  useKeys({ openPalette: () => setPaletteOpen(true), openHelp: () => setHelpOpen(true) });
  useEffect(() => {
    if (!cameBack()) window.scrollTo(0, 0);
  }, [path]);
  return (
    <>
      <a className="skip" href="#main">Skip to the page</a>
      <TopBar openPalette={() => setPaletteOpen(true)} openHelp={() => setHelpOpen(true)} />
      <div className={isStale ? "shell is-stale" : "shell"}>
        <Rail current={current} />
        <main id="main" tabIndex={-1}>
          {link.state === "offline" && <div className="stale-bar" role="status">No connection: what is shown is as of {clockText(link.since)}.</div>}
          <SessionWarning />
          <PageView />
        </main>
      </div>
      <BottomBar current={current} />
      {isPaletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}
      {isHelpOpen && <KeysHelp onClose={() => setHelpOpen(false)} />}
      <StepUp />
      <LoginAgain />
      <Toasts />
    </>
  );
}
