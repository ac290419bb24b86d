import { Button } from "../parts/Button";
import { CopyButton } from "../parts/CopyButton";
import { plainText, visibleText } from "./ansi";
import type { Line } from "./line";

/** One line whole: JSON as a tree, long text wrapped. */
export function LogDetail({ line, onReveal, onAround, onClose }: { line: Line; onReveal?: () => void; onAround: () => void; onClose: () => void }) {
  const text = plainText(line.text);
  return (
    <section className="log-detail" aria-label="Chosen line">
      <div className="row row-apart">
        <span className="small muted">{line.time} · {line.source} · {line.stream}</span>
        <span className="row">
          {onReveal && <Button onClick={onReveal}>Show in context</Button>}
          <Button kind="quiet" onClick={onAround}>Link to this moment</Button>
          <CopyButton text={text} name="Copy the line" />
          <CopyButton text={JSON.stringify({ ...line, n: undefined })} name="Copy as JSON" />
          <Button kind="quiet" icon="close" iconOnly onClick={onClose}>Close the line</Button>
        </span>
      </div>
      <pre tabIndex={0}>{indented(text).split("\n").map(visibleText).join("\n")}</pre>
    </section>
  );
}

function indented(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
