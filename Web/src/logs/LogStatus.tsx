import { Button } from "../parts/Button";
import { count, exactText } from "../parts/format";
import type { FromLogs } from "./messages";
import { soughtText, type Sought } from "./soughtText";
import { SpokenCount } from "./SpokenCount";

interface Props {
  shown: FromLogs;
  sought: Sought | null;
  isSearching: boolean;
  onOlder: () => void;
  onStop: () => void;
  /** Which hit is looked at; 0: none. */
  hit: number;
  isSeeking: boolean;
  onSeek: (step: 1 | -1) => void;
  since?: string;
  until?: string;
}

/** How much there is, how far it was searched, and the way from hit to hit. */
export function LogStatus({ shown, sought, isSearching, onOlder, onStop, hit, isSeeking, onSeek, since, until }: Props) {
  return (
    <div className="row small muted">
      {isSearching ? (
        <Button kind="quiet" icon="stop" onClick={onStop}>Stop searching</Button>
      ) : (
        <Button kind="quiet" icon="up" refusal={sought?.reason === "end" ? "nothing is older" : shown.oldest ? null : "nothing is there yet"} onClick={onOlder}>Older</Button>
      )}
      <span className="numbers log-count">
        {shown.matches === shown.size ? count(shown.size, "line") : `${shown.matches.toLocaleString("en")} of ${count(shown.size, "line")}`}
        {shown.dropped > 0 && `, ${count(shown.dropped, "older one")} dropped`}
      </span>
      {(since || until) && <span>{rangeText(since, until)}</span>}
      {isSeeking && (
        <span className="row">
          <Button kind="quiet" icon="up" iconOnly aria-keyshortcuts="N" onClick={() => onSeek(-1)}>Previous hit</Button>
          <Button kind="quiet" icon="down" iconOnly aria-keyshortcuts="n" onClick={() => onSeek(1)}>Next hit</Button>
          <span className="numbers log-hits">{hit > 0 ? `hit ${hit.toLocaleString("en")} of ${shown.hits.toLocaleString("en")}` : count(shown.hits, "hit")}</span>
          <span className="unseen" role="status">{hit > 0 && `hit ${hit}`}</span>
        </span>
      )}
      {(sought || isSearching) && <span role="status">{soughtText(sought ?? { to: null, reason: "limit", found: 0, isSearch: false }, isSearching)}</span>}
      <SpokenCount arrived={shown.arrived} errors={shown.arrivedErrors} />
    </div>
  );
}

function rangeText(since: string | undefined, until: string | undefined): string {
  return [since && `from ${exactText(Date.parse(since))}`, until && `to ${exactText(Date.parse(until))}`].filter(Boolean).join(" ");
}
