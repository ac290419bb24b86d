import { useAction } from "../parts/useAction";
import type { Target } from "../stream/messages";
import { lineOf, type Line } from "./line";
import { loadPages } from "./loadLines";
import type { FromLogs, ToLogs } from "./messages";
import { isBefore } from "./moments";
import { joinedAround, joinedLater, queriesOf } from "./queries";

const LINES = 1000;

interface Parts {
  targets: Target[];
  shown: FromLogs;
  send: (message: ToLogs) => void;
  /** Lines came before the first one that are no result of a search. */
  onJump: () => void;
}

/** Going to a moment, also to one that is not loaded; what lies between is then a gap, which can be loaded. */
export function useGaps({ targets, shown, send, onJump }: Parts) {
  const jump = useAction(async (moment: string) => {
    const { oldest } = shown;
    if (!oldest || isBefore(moment, oldest)) {
      const page = joinedAround(await loadPages(queriesOf(targets), { around: moment, limit: LINES }));
      const lines = oldest ? page.lines.filter((line) => isBefore(line.time, oldest)) : page.lines;
      const last = lines[lines.length - 1];
      const reaches = lines.length < page.lines.length;
      if (last) send({ do: "older", lines: lines.map(lineOf), isSought: false, gap: reaches || !oldest ? undefined : { from: last.time } });
      onJump();
    }
    send({ do: "moment", time: moment });
  });
  const load = useAction(async ({ n, gap }: Line) => {
    if (!gap) return;
    const page = joinedLater(await loadPages(queriesOf(targets), { after: gap.from, limit: LINES }));
    const { lines, rest } = fillingOf(page, gap);
    send({ do: "fill", gap: n, lines: lines.map(lineOf), rest });
  });
  return { jump, load };
}

/** What of a page lies in a gap, and from where the gap goes on; null: it is closed. */
export function fillingOf({ lines, reason }: Pick<ReturnType<typeof joinedLater>, "lines" | "reason">, { to, source }: NonNullable<Line["gap"]>) {
  const inside = lines.filter((line) => (!to || isBefore(line.time, to)) && (!source || line.source === source));
  const last = lines[lines.length - 1];
  const isClosed = reason === "end" || !last || Boolean(to && !isBefore(last.time, to));
  return { lines: inside, rest: isClosed ? null : last.time };
}
