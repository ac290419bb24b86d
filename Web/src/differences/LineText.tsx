import type { DiffRow } from "../editor/lineDiff";
import { shownText } from "../parts/shownText";

/** The text of a line, with its changed words marked. */
export function LineText({ row }: { row: DiffRow }) {
  if (row.kind === "same" || row.words === undefined) return <>{shownText(row.text)}</>;
  const Mark = row.kind === "added" ? "ins" : "del";
  return <>{row.words.map((part, index) => (part.changed ? <Mark key={index}>{shownText(part.text)}</Mark> : shownText(part.text)))}</>;
}
