import { lazyPage } from "../app/lazyPage";
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

/** Files line by line, those that differ. */
export function FileDiffs({ files, beforeName, afterName, empty }: Props) {
  const shown = files.filter((file) => file.before !== file.after);
  return (
    <div className="stack">
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
