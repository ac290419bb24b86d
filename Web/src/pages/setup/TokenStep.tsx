import type { FormEvent } from "react";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";

interface Props {
  token: string;
  onChange: (token: string) => void;
  onDone: () => void;
}

/** Only who can read the server's folder may make the first user. */
export function TokenStep({ token, onChange, onDone }: Props) {
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (token.trim()) onDone();
  }
  return (
    <form className="form" onSubmit={submit}>
      <Field
        label="Token" value={token} onChange={onChange} required autoFocus autoComplete="off"
        hint={<>It is in the file <code>bootstrap-token</code> of the server's data directory, and is good for an hour after the start.</>}
      />
      <div className="row"><Button type="submit" kind="main">Next</Button></div>
    </form>
  );
}
