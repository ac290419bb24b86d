import { useState } from "react";
import { call } from "../../api/client";
import { useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";

/** The server takes no shorter one. */
const minimum = 12;

/** Changes one's own password; all other sessions end. */
export function PasswordPanel() {
  const { session, refresh } = useSession();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const change = useAction(async () => {
    await refresh(await call("POST /account/password", { body: { old, new: next } }));
    setOld("");
    setNext("");
    setAgain("");
    toast("The password is changed; all other sessions have ended.");
  });
  const refusal = old === "" ? "give the present one" : next.length < minimum ? `${minimum} characters at least` : next !== again ? "the two are not the same" : null;
  return (
    <Panel title="Password">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null && !change.isBusy) void change.run();
        }}
      >
        <input className="unseen" type="text" name="username" autoComplete="username" value={session.username} readOnly tabIndex={-1} aria-hidden="true" />
        <Field label="Present password" type="password" value={old} onChange={setOld} autoComplete="current-password" />
        <Field label="New password" type="password" value={next} onChange={setNext} autoComplete="new-password" hint={`${minimum} characters at least, of any kind: ${next.length} now.`} />
        <Field label="New password again" type="password" value={again} onChange={setAgain} autoComplete="new-password" error={again !== "" && again !== next ? "not the same" : null} />
        {change.problem && <ProblemNote problem={change.problem} />}
        <p className="row"><Button type="submit" kind="main" isBusy={change.isBusy} refusal={refusal}>Change it</Button></p>
      </form>
    </Panel>
  );
}
