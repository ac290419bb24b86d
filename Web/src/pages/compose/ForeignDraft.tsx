import { useState } from "react";
import { lazyPage } from "../../app/lazyPage";
import { fileAt, type Draft } from "../../editor/draft";
import type { ServerDraft } from "../../editor/draftKeeper";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Note } from "../../parts/Note";
import { ProblemNote } from "../../parts/ProblemNote";
import { Time } from "../../parts/Time";
import { useAction } from "../../parts/useAction";

const TextDiff = lazyPage(() => import("../../differences/TextDiff"));

interface Props {
  /** The draft that the server has now. */
  other: ServerDraft;
  draft: Draft;
  /** Who is logged in: another tab may be one's own. */
  user: string;
  onTake: () => Promise<void>;
  onOver: () => Promise<void>;
}

/** Says that the draft was changed elsewhere: compare, take theirs, or go on with this one over it. */
export default function ForeignDraft({ other, draft, user, onTake, onOver }: Props) {
  const [isComparing, setComparing] = useState(false);
  const choose = useAction((act: () => Promise<void>) => act());
  const theirs = new Map(other.files.map((file) => [file.path, file.text]));
  const paths = [...new Set([...theirs.keys(), ...draft.files.filter((file) => file.text !== file.saved).map((file) => file.path)])].sort();
  return (
    <>
      <Note kind="warn">
        <p className="note-title">
          The draft was changed by {other.author === user ? "you, elsewhere" : other.author ?? "somebody"}{other.at !== null && <> <Time at={other.at} /></>}.
        </p>
        <p>What you type is kept in this tab only, until you choose.</p>
        <p className="row">
          <Button onClick={() => setComparing(true)}>Compare</Button>
          <Button isBusy={choose.isBusy} onClick={() => void choose.run(onTake)}>Take theirs</Button>
          <Button isBusy={choose.isBusy} onClick={() => void choose.run(onOver)} title="Theirs is written over by yours">Take over</Button>
        </p>
        {choose.problem && <ProblemNote problem={choose.problem} />}
      </Note>
      {isComparing && (
        <Dialog title="Their draft and mine" isWide onClose={() => setComparing(false)}>
          {paths.map((path) => {
            const file = fileAt(draft, path);
            return <TextDiff key={path} title={path} before={(theirs.has(path) ? theirs.get(path) : file?.saved) ?? ""} after={file?.text ?? ""} beforeName="theirs" afterName="mine" />;
          })}
        </Dialog>
      )}
    </>
  );
}
