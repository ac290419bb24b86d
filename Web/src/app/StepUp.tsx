import { useEffect, useState, type FormEvent } from "react";
import { call } from "../api/client";
import { gates, shared } from "../api/gates";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { ProblemNote } from "../parts/ProblemNote";
import { useAction } from "../parts/useAction";
import { useSession } from "./session";

/** Asks for the password once more where a call needs it, and then lets the call go on. */
export function StepUp() {
  const { refresh } = useSession();
  const [answer, setAnswer] = useState<((goOn: boolean) => void) | null>(null);
  const [secret, setSecret] = useState("");
  const [isCode, setCode] = useState(false);
  const action = useAction(async () => {
    await refresh(await call("POST /session/step-up", { body: isCode ? { code: secret.trim() } : { password: secret } }, { plain: true }));
  });

  useEffect(() => {
    gates.stepUp = shared(() => new Promise<boolean>((resolve) => setAnswer(() => resolve)));
    return () => {
      gates.stepUp = undefined;
    };
  }, []);

  if (!answer) return null;
  function close(goOn: boolean): void {
    answer?.(goOn);
    setAnswer(null);
    setSecret("");
    action.clear();
  }
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (await action.run()) close(true);
  }
  return (
    <Dialog title="Confirm that it is you" onClose={() => close(false)}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <p>This needs your password, or a code of your second factor, once more.</p>
        {isCode ? (
          <Field label="Code" value={secret} onChange={setSecret} autoComplete="one-time-code" inputMode="numeric" autoFocus />
        ) : (
          <Field label="Password" type="password" value={secret} onChange={setSecret} autoComplete="current-password" autoFocus />
        )}
        {action.problem && <ProblemNote problem={action.problem} />}
        <div className="row row-end">
          <Button
            kind="quiet"
            onClick={() => {
              setCode(!isCode);
              setSecret("");
            }}
          >
            {isCode ? "Use the password" : "Use a code"}
          </Button>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" kind="main" isBusy={action.isBusy}>Confirm</Button>
        </div>
      </form>
    </Dialog>
  );
}
