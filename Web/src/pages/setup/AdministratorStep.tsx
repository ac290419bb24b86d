import { useState, type FormEvent } from "react";
import { call } from "../../api/client";
import type { Session } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { PasswordMeter } from "./PasswordMeter";

export interface Account {
  username: string;
  password: string;
  again: string;
}

interface Props {
  token: string;
  /** Kept by who shows the step: going back loses nothing. */
  account: Account;
  onChange: (account: Account) => void;
  onBack: () => void;
  onDone: (session: Session) => void;
}

/** Makes the first user, who may do everything. */
export function AdministratorStep({ token, account, onChange, onBack, onDone }: Props) {
  const { username, password, again } = account;
  const [error, setError] = useState<string | null>(null);
  const action = useAction(async () => {
    onDone(await call("POST /setup", { body: { token: token.trim(), username: username.trim(), password } }, { plain: true }));
  });
  function typeAgain(value: string): void {
    setError(null);
    onChange({ ...account, again: value });
  }
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const fault = password === again ? null : "This is not the same password.";
    setError(fault);
    if (!fault) await action.run();
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field label="User name" value={username} onChange={(value) => onChange({ ...account, username: value })} required autoFocus autoComplete="username" autoCapitalize="none" />
      <Field
        label="Password" type="password" value={password} onChange={(value) => onChange({ ...account, password: value })} required autoComplete="new-password"
        hint={<PasswordMeter password={password} />}
      />
      <Field label="Password again" type="password" value={again} onChange={typeAgain} required autoComplete="new-password" error={error} />
      {action.problem && <ProblemNote problem={action.problem} />}
      <div className="row">
        <Button type="submit" kind="main" isBusy={action.isBusy}>Make the administrator</Button>
        <Button kind="quiet" onClick={onBack}>Back</Button>
      </div>
    </form>
  );
}
