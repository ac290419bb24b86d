import { Status } from "../parts/Status";
import { Button } from "../parts/Button";
import { agoText } from "../parts/format";
import { useNow } from "../parts/useNow";
import { connect, useLink } from "../stream/stream";

/** Whether what is shown is live; always visible. */
export function LinkStateMark() {
  const link = useLink();
  const isAway = link.state === "reconnecting" || link.state === "offline";
  const now = useNow(isAway ? 1000 : 0);
  const words = {
    connecting: "connecting", live: "live", reconnecting: "reconnecting", offline: "offline", ended: "logged out",
  }[link.state];
  const status = link.state === "live" ? "up" : isAway ? "warn" : "connecting";
  return (
    <span className="link-state row" role="status" data-link={link.state}>
      <span title={isAway ? `since ${agoText(link.since, now)}` : undefined}>
        <Status status={status} word="" />
        <span className="link-words">{words}{isAway && `, ${agoText(link.since, now)}`}</span>
      </span>
      {link.state === "offline" && <Button kind="quiet" icon="restart" iconOnly onClick={connect}>Connect now</Button>}
    </span>
  );
}
