import { useEffect, useRef } from "react";
import { Button } from "../parts/Button";
import { CopyButton } from "../parts/CopyButton";
import { plainText, visibleText } from "./ansi";
import { JsonTree } from "./JsonTree";
import { objectOf } from "./jsonLine";
import type { Line } from "./line";

interface Props {
  line: Line;
  /** Of which log, where there are several. */
  of?: string;
  /** The address of this line. */
  address: string;
  pinned: string[];
  onPin: (field: string) => void;
  onReveal?: () => void;
  onAround: () => void;
  onClose: () => void;
  /** The keys go on in it. */
  hasFocus?: boolean;
}

/** One line whole: JSON as a tree, long text wrapped. */
export function LogDetail({ line, of, address, pinned, onPin, onReveal, onAround, onClose, hasFocus }: Props) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (hasFocus) section.current?.focus();
  }, [hasFocus]);
  const text = plainText(line.text);
  const json = objectOf(text);
  const { time, source, service, stack, server, stream, level } = line;
  return (
    <section
      ref={section} className="log-detail" aria-label={of ? `Chosen line of ${of}` : "Chosen line"} tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <div className="row row-apart">
        <span className="small muted">{line.time} · {line.source} · {line.stream}</span>
        <span className="row">
          {onReveal && <Button onClick={onReveal}>Show in context</Button>}
          <Button kind="quiet" onClick={onAround}>Around this moment</Button>
          <CopyButton text={address} name="Copy a link to the line" />
          <CopyButton text={text} name="Copy the line" />
          <CopyButton text={JSON.stringify({ time, source, service, stack, server, stream, level, text: line.text })} name="Copy as JSON" />
          <Button kind="quiet" icon="close" iconOnly onClick={onClose}>Close the line</Button>
        </span>
      </div>
      {json ? <JsonTree value={json} pinned={pinned} onPin={onPin} /> : <pre tabIndex={0}>{text.split("\n").map(visibleText).join("\n")}</pre>}
    </section>
  );
}
