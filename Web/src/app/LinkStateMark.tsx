import { Status } from "../parts/Status";
import { Button } from "../parts/Button";
import { clockText } from "../parts/format";
import { connect, useLink } from "../stream/stream";

/** Whether what is shown is live; always visible. */
export function LinkStateMark() {
  const link = useLink();
  const isAway = link.state === "reconnecting" || link.state === "offline";
  const words = {
    connecting: "connecting", live: "live", reconnecting: "reconnecting", offline: "offline", ended: "logged out",
  }[link.state];
  const status = link.state === "live" ? "up" : isAway ? "warn" : "connecting";
  return (
    <span className="link-state row" role="status" data-link={link.state}>
      <span title={isAway ? `${words} since ${clockText(link.since)}` : undefined}>
        <Status status={status} word="" />
        <span className="link-words">{words}{isAway && ` since ${clockText(link.since)}`}</span>
      </span>
      {link.state === "offline" && <Button kind="quiet" icon="restart" iconOnly onClick={connect}>Connect now</Button>}
    </span>
  );
}
