import { useEffect, useRef, useState, type FormEvent } from "react";
import { call } from "../../api/client";
import { asProblem, CallProblem } from "../../api/problem";
import type { Problem, Session } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";

interface Props {
  username?: string;
  onDone: (session: Session) => void | Promise<void>;
}

/** Name and password, then the second factor where there is one. */
export function LoginForm({ username: given = "", onDone }: Props) {
  const [username, setUsername] = useState(given);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wantsCode, setWantsCode] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const codeField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (wantsCode) codeField.current?.focus();
  }, [wantsCode]);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const body = { username: username.trim(), password, ...(wantsCode ? { code: code.trim() } : {}) };
      await onDone(await call("POST /login", { body }, { plain: true }));
    } catch (error) {
      if (error instanceof CallProblem && error.code === "second_factor_needed") setWantsCode(true);
      else setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {wantsCode ? (
        <Field
          ref={codeField} label="Code of the second factor" value={code} onChange={setCode} autoComplete="one-time-code" required
          hint="Six digits of your app, or one of your recovery codes."
        />
      ) : (
        <>
          <Field label="User name" value={username} onChange={setUsername} autoComplete="username" autoCapitalize="none" required autoFocus={!given} />
          <Field label="Password" type="password" value={password} onChange={setPassword} autoComplete="current-password" required autoFocus={Boolean(given)} />
        </>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div className="row">
        <Button type="submit" kind="main" isBusy={isBusy}>Log in</Button>
        {wantsCode && <Button kind="quiet" onClick={() => setWantsCode(false)}>Back</Button>}
      </div>
    </form>
  );
}
