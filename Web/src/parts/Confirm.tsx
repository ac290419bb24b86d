import { useState, type ReactNode } from "react";
import { asProblem } from "../api/problem";
import type { Problem } from "../api/schema";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { ProblemNote } from "./ProblemNote";

interface Props {
  /** The question. */
  title: string;
  /** The button, named after the act: "Delete media". */
  act: string;
  /** What goes, or stops. */
  children?: ReactNode;
  isDangerous?: boolean;
  /** Has to be typed before the button can be pressed. */
  typed?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before an act, does it, and stays with the problem when it fails. */
export function Confirm({ title, act, children, isDangerous, typed, onConfirm, onClose }: Props) {
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  async function confirm(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  }
  const refusal = typed && text !== typed ? `type ${typed} first` : null;
  return (
    <Dialog
      title={title} onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={isDangerous ? "danger" : "main"} isBusy={isBusy} refusal={refusal} onClick={() => void confirm()}>{act}</Button>
        </>
      }
    >
      {children}
      {typed && <Field label={`Type ${typed} to go on`} value={text} onChange={setText} autoComplete="off" />}
      {problem && <ProblemNote problem={problem} />}
    </Dialog>
  );
}
