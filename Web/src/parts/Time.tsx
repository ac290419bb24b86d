import { serverNow } from "../api/clock";
import { useNow } from "./useNow";
import { agoText, exactText } from "./format";

/** A moment, relative, with the exact time as its tooltip. */
export function Time({ at, exact = false }: { at: string | number; exact?: boolean }) {
  const moment = typeof at === "number" ? at : Date.parse(at);
  const now = useNow(exact ? 0 : serverNow() - moment < 90_000 ? 5_000 : 30_000);
  if (Number.isNaN(moment)) return <span>unknown</span>;
  return (
    <time className="numbers" dateTime={new Date(moment).toISOString()} title={exactText(moment)}>
      {exact ? exactText(moment) : agoText(moment, now)}
    </time>
  );
}
