import { useState } from "react";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { TextArea } from "../../parts/TextArea";
import { useAction } from "../../parts/useAction";

interface Props {
  /** Empty: a new one, whose name is asked for. */
  name: string;
  value: string;
  isSecret: boolean;
  onSet: (name: string, value: string, isSecret: boolean) => Promise<void>;
  onClose: () => void;
}

/** Sets a variable: plain in the draft of `.env`, or sealed on the server. */
export default function VariableDialog(props: Props) {
  const [name, setName] = useState(props.name);
  const [value, setValue] = useState(props.value);
  const [isSecret, setSecret] = useState(props.isSecret);
  const set = useAction(() => props.onSet(name, value, isSecret));
  const refusal = /^[A-Za-z_]\w*$/.test(name) ? (isSecret && value === "" ? "give it a value" : null) : "letters, digits and _, beginning with no digit";
  return (
    <Dialog
      title={props.name === "" ? "New variable" : props.isSecret ? `Secret ${props.name}` : props.name} onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button kind="main" type="submit" form="variable" isBusy={set.isBusy} refusal={refusal}>{isSecret ? "Seal it" : "Set it"}</Button>
        </>
      }
    >
      <form
        id="variable" className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) void set.run().then((isDone) => isDone && props.onClose());
        }}
      >
        {props.name === "" && <Field label="Name" value={name} onChange={setName} error={name === "" ? null : /^[A-Za-z_]\w*$/.test(name) ? null : refusal} autoFocus autoComplete="off" />}
        {isSecret ? (
          <Field label="Value" type="password" value={value} onChange={setValue} autoComplete="new-password" autoFocus={props.name !== ""} hint="It is sealed at once, and shown to nobody but admins who ask for it." />
        ) : (
          <TextArea label="Value" rows={3} value={value} onChange={setValue} autoFocus={props.name !== ""} hint="It goes into the draft of .env." />
        )}
        {props.name === "" && <Checkbox label="Keep it as a secret" isOn={isSecret} onChange={setSecret} />}
        {set.problem && <ProblemNote problem={set.problem} />}
      </form>
    </Dialog>
  );
}
