import { useState } from "react";
import { lazyPage } from "../../app/lazyPage";
import type { DraftFile } from "../../editor/draft";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Note } from "../../parts/Note";
import { Time } from "../../parts/Time";

const TextDiff = lazyPage(() => import("../../differences/TextDiff"));

interface Props {
  /** Edited here, and changed on the server meanwhile. */
  files: readonly DraftFile[];
  by: string | null;
  /** When that was told here. */
  at: number | null;
  onKeep: () => void;
  onTake: () => void;
}

/** Says that somebody else saved a file that is edited here: compare, take theirs, or keep mine. */
export default function ForeignChange({ files, by, at, onKeep, onTake }: Props) {
  const [isComparing, setComparing] = useState(false);
  const names = files.map((file) => file.path).join(", ");
  return (
    <>
      <Note kind="warn">
        <p className="note-title">{names} was changed {by === null ? "on the server" : `by ${by}`}{at !== null && <> <Time at={at} /></>} while you edit it.</p>
        <p className="row">
          <Button onClick={() => setComparing(true)}>Compare</Button>
          <Button onClick={onTake}>Take theirs</Button>
          <Button onClick={onKeep} title="Your next save writes over theirs">Take over</Button>
        </p>
      </Note>
      {isComparing && (
        <Dialog title="Theirs and mine" isWide onClose={() => setComparing(false)}>
          {files.map((file) => <TextDiff key={file.path} title={file.path} before={file.saved ?? ""} after={file.text ?? ""} beforeName="theirs" afterName="mine" />)}
        </Dialog>
      )}
    </>
  );
}
