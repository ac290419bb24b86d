import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { ProblemNote } from "../parts/ProblemNote";
import { useAction } from "../parts/useAction";

interface Props {
  /** What is not saved. */
  paths: readonly string[];
  save: () => Promise<void>;
  goOn: () => void;
  onClose: () => void;
}

/** Asks what becomes of text that is not saved. */
export default function LeaveDialog({ paths, save, goOn, onClose }: Props) {
  const saving = useAction(async () => {
    await save();
    goOn();
  });
  return (
    <Dialog
      title="Leave with text that is not saved?" onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Stay</Button>
          <Button onClick={goOn}>Keep it as a draft</Button>
          <Button kind="main" isBusy={saving.isBusy} onClick={() => void saving.run()}>Save and leave</Button>
        </>
      }
    >
      <ul>{paths.map((path) => <li key={path} className="mono">{path}</li>)}</ul>
      <p>A draft is kept, and shown to all who edit this stack. Saving deploys nothing.</p>
      {saving.problem && <ProblemNote title="Not saved" problem={saving.problem} />}
    </Dialog>
  );
}
