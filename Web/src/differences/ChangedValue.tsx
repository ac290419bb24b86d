import { wordDiff, type WordPart } from "../editor/lineDiff";
import { shownText } from "../parts/shownText";
import type { AttributeChange } from "./modelDifference";

interface Props {
  change: AttributeChange;
  beforeName: string;
  afterName: string;
}

/** One attribute: what it was, what it is, with the words that differ. */
export function ChangedValue({ change, beforeName, afterName }: Props) {
  const { before, after } = change;
  const words = before !== null && after !== null ? wordDiff(before, after) : null;
  return (
    <div>
      <p className="mono">{change.path}</p>
      {before !== null && <p className="change-value change-before"><Mark sign="−" name={beforeName} /><Words parts={words?.before} text={before} kind="del" /></p>}
      {after !== null && <p className="change-value change-after"><Mark sign="+" name={afterName} /><Words parts={words?.after} text={after} kind="ins" /></p>}
    </div>
  );
}

function Mark({ sign, name }: { sign: string; name: string }) {
  return (
    <>
      <span className="diff-sign" aria-hidden="true">{sign}</span>
      <span className="unseen">{name}: </span>
    </>
  );
}

function Words({ parts, text, kind: Kind }: { parts: WordPart[] | undefined; text: string; kind: "ins" | "del" }) {
  if (parts === undefined) return <>{shownText(text)}</>;
  return <>{parts.map((part, index) => (part.changed ? <Kind key={index}>{shownText(part.text)}</Kind> : shownText(part.text)))}</>;
}
