import { statusKinds, type StatusKind } from "./statusKinds";

/** A status as glyph, colour and word; each alone says it. */
export function Status({ status, word }: { status: string; word?: string }) {
  const kind: StatusKind = statusKinds[status] ?? { glyph: "○", tone: "muted", word: status };
  return (
    <span className={`status tone-${kind.tone}`}>
      <span aria-hidden="true" className="status-glyph">{kind.glyph}</span> {word ?? kind.word}
    </span>
  );
}
