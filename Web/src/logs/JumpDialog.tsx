import { useState, type FormEvent } from "react";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { fieldValueOf, momentOf } from "./moments";

interface Props {
  since?: string;
  until?: string;
  onJump: (moment: string) => void;
  onRange: (since: string | null, until: string | null) => void;
  onClose: () => void;
}

/** Goes to a moment, or shows only what was written between two. */
export default function JumpDialog({ since, until, onJump, onRange, onClose }: Props) {
  const [moment, setMoment] = useState("");
  const [from, setFrom] = useState(fieldValueOf(since ?? null));
  const [to, setTo] = useState(fieldValueOf(until ?? null));
  const [first, last] = [momentOf(from), momentOf(to)];
  const isReversed = first !== null && last !== null && first >= last;
  function jump(event: FormEvent): void {
    event.preventDefault();
    const at = momentOf(moment);
    if (!at) return;
    onJump(at);
    onClose();
  }
  function show(event: FormEvent): void {
    event.preventDefault();
    if (isReversed || (!first && !last)) return;
    onRange(first, last);
    onClose();
  }
  return (
    <Dialog title="Time" onClose={onClose}>
      <form className="form" onSubmit={jump}>
        <Field label="Moment" type="datetime-local" step="1" required value={moment} onChange={setMoment} hint="In the time zone of this browser." />
        <div className="row"><Button type="submit" kind="main">Go there</Button></div>
      </form>
      <form className="form" onSubmit={show}>
        <Field label="From" type="datetime-local" step="1" value={from} onChange={setFrom} />
        <Field label="To" type="datetime-local" step="1" value={to} onChange={setTo} hint="Left out: it goes on live." error={isReversed ? "It ends before it begins." : null} />
        <div className="row">
          <Button type="submit">Show only this range</Button>
          {(since || until) && (
            <Button
              kind="quiet"
              onClick={() => {
                onRange(null, null);
                onClose();
              }}
            >
              Show all times
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
