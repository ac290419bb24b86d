import { useRef } from "react";
import { lazyPage } from "../app/lazyPage";
import { usePageLetters } from "../app/usePageLetters";
import { Empty } from "../parts/Empty";
import { Note } from "../parts/Note";
import { Panel } from "../parts/Panel";

const TextDiff = lazyPage(() => import("./TextDiff"));

export interface FileTexts {
  path: string;
  /** Null: it is no text; empty where the file is not. */
  before: string | null;
  after: string | null;
  isMasked: boolean;
}

interface Props {
  files: readonly FileTexts[];
  beforeName: string;
  afterName: string;
  /** What is said when nothing differs. */
  empty: string;
}

/** Files line by line, those that differ; n and p go along their changes. */
export function FileDiffs({ files, beforeName, afterName, empty }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const at = useRef<Element | null>(null);
  const step = (backwards: boolean) => {
    at.current = nextBlock(list.current, at.current, backwards);
    at.current?.closest<HTMLElement>(".text-diff-scroll")?.focus({ preventScroll: true });
    at.current?.scrollIntoView({ block: "center" });
  };
  usePageLetters({ n: () => step(false), p: () => step(true) });
  const shown = files.filter((file) => file.before !== file.after);
  return (
    <div ref={list} className="stack">
      {files.some((file) => file.isMasked) && <Note title="Secret values are shown as dots to those who may not edit the stack." />}
      {shown.length === 0 ? (
        <Empty title={empty} />
      ) : (
        <Panel title="Files" isFlush>
          {shown.map((file) =>
            file.before === null || file.after === null ? (
              <p key={file.path} className="text-diff-head"><span className="mono">{file.path}</span> <span className="muted">has changed, and is no text</span></p>
            ) : (
              <TextDiff key={file.path} title={file.path} before={file.before} after={file.after} beforeName={beforeName} afterName={afterName} />
            ),
          )}
        </Panel>
      )}
    </div>
  );
}

/** The first line of the next block of changed lines, or of the one before; the last (first) one stays. */
function nextBlock(list: Element | null, from: Element | null, backwards: boolean): Element | null {
  const blocks = [...(list?.querySelectorAll("tr[data-change]") ?? [])].filter((row) => !row.previousElementSibling?.hasAttribute("data-change"));
  const here = from === null ? -1 : blocks.indexOf(from);
  return blocks[backwards ? Math.max(0, here - 1) : Math.min(blocks.length - 1, here + 1)] ?? null;
}
