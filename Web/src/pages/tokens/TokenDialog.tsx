import { useState } from "react";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { useAction } from "../../parts/useAction";
import { emptyToken, scopes, tokenBody, tokenRefusal, type NewToken, type TokenForm } from "./tokenForm";

interface Props {
  onMake: (body: NewToken) => Promise<void>;
  onClose: () => void;
}

/** Name, scopes, places and end of a new token. */
export function TokenDialog({ onMake, onClose }: Props) {
  const [form, setForm] = useState(emptyToken);
  const set = (change: Partial<TokenForm>) => setForm({ ...form, ...change });
  const make = useAction(() => onMake(tokenBody(form)));
  return (
    <Dialog
      title="New token" isWide onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" isBusy={make.isBusy} refusal={tokenRefusal(form)} onClick={() => void make.run().then((isDone) => isDone && onClose())}>Make the token</Button>
        </>
      }
    >
      <Field label="Name" value={form.name} onChange={(name) => set({ name })} autoFocus autoComplete="off" placeholder="backup script" />
      <fieldset className="grant">
        <legend>It may</legend>
        <div className="scopes">
          {scopes.map(({ scope, text }) => (
            <Checkbox
              key={scope} label={text} isOn={form.chosen.includes(scope)}
              onChange={(isOn) => set({ chosen: isOn ? [...form.chosen, scope] : form.chosen.filter((other) => other !== scope) })}
            />
          ))}
        </div>
      </fieldset>
      <Field label="Only on" value={form.places} onChange={(places) => set({ places })} autoComplete="off" placeholder="everywhere" hint="Servers or stacks as NAME@SERVER, with spaces between them." />
      <Select
        label="Ends after" value={form.days} onChange={(days) => set({ days })}
        options={[{ value: "7", label: "7 days" }, { value: "30", label: "30 days" }, { value: "90", label: "90 days" }, { value: "365", label: "a year" }, { value: "", label: "never" }]}
      />
      {make.problem && <ProblemNote problem={make.problem} />}
    </Dialog>
  );
}
