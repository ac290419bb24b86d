import { useState } from "react";
import type { Grant, User } from "../../api/schema";
import { GrantFields } from "../../grants/GrantFields";
import { emptyGrant, sentGrants } from "../../grants/grantText";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";

export interface UserForm {
  username: string;
  password: string;
  grants: Grant[];
  isDisabled: boolean;
  mustHaveSecondFactor: boolean;
  removesSecondFactor: boolean;
}

interface Props {
  /** Nothing: a new one. */
  user?: User;
  onSave: (form: UserForm) => Promise<void>;
  onClose: () => void;
}

/** The server takes no shorter one. */
const passwordMinimum = 12;

/** A user's name, password and rights. */
export function UserDialog({ user, onSave, onClose }: Props) {
  const [form, setForm] = useState<UserForm>({
    username: user?.username ?? "", password: "", grants: user?.grants ?? [emptyGrant], isDisabled: user?.disabled ?? false,
    mustHaveSecondFactor: user?.must_have_second_factor ?? false, removesSecondFactor: false,
  });
  const set = (change: Partial<UserForm>) => setForm({ ...form, ...change });
  const save = useAction(() => onSave({ ...form, grants: sentGrants(form.grants) }));
  const refusal =
    form.username === "" ? "give a name"
    : user === undefined && form.password.length < passwordMinimum ? `a password has ${passwordMinimum} characters at least`
    : form.password !== "" && form.password.length < passwordMinimum ? `a password has ${passwordMinimum} characters at least`
    : null;
  return (
    <Dialog
      title={user === undefined ? "New user" : user.username} isWide onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" isBusy={save.isBusy} refusal={refusal} onClick={() => void save.run().then((isDone) => isDone && onClose())}>{user === undefined ? "Make the user" : "Save"}</Button>
        </>
      }
    >
      {user === undefined && <Field label="Name" value={form.username} onChange={(username) => set({ username })} autoComplete="off" autoFocus />}
      <Field
        label={user === undefined ? "Password" : "New password"} type="password" value={form.password} onChange={(password) => set({ password })} autoComplete="new-password"
        hint={user === undefined ? `${passwordMinimum} characters at least.` : "Empty: it stays. A new one ends all sessions."}
      />
      <GrantFields grants={form.grants} onChange={(grants) => set({ grants })} />
      <Checkbox label="Must have a second factor" isOn={form.mustHaveSecondFactor} onChange={(mustHaveSecondFactor) => set({ mustHaveSecondFactor })} />
      {user?.second_factor && <Checkbox label="Take the second factor off" hint="For somebody who has lost it." isOn={form.removesSecondFactor} onChange={(removesSecondFactor) => set({ removesSecondFactor })} />}
      {user !== undefined && <Checkbox label="Disabled: may not log in" isOn={form.isDisabled} onChange={(isDisabled) => set({ isDisabled })} />}
      {save.problem && <ProblemNote problem={save.problem} />}
    </Dialog>
  );
}
