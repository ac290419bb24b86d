import { useState } from "react";
import { call } from "../../api/client";
import type { Setting, SettingChanges } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { TextArea } from "../../parts/TextArea";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";
import { kindOf, textOf, valueOf, wordsOf } from "./settingText";

interface Props {
  setting: Setting;
  onSaved: () => void;
}

/** One setting: its value, its default, where it comes from, and a way back to the default. */
export function SettingField({ setting, onSaved }: Props) {
  const kind = kindOf(setting);
  const [text, setText] = useState(textOf(setting.value));
  const value = valueOf(kind, text);
  const save = useAction(async (to: unknown) => {
    // The document leaves the values open: each key has its own form.
    await call("PATCH /settings", { body: { values: { [setting.key]: to } } as unknown as SettingChanges });
    toast(`${setting.key} is saved.`);
    onSaved();
  });
  const hint = `${setting.key} · default: ${textOf(setting.default_value) || "none"} · ${setting.source === "default" ? "not changed" : "set here"}`;
  const label = setting.about.charAt(0).toUpperCase() + setting.about.slice(1);
  const isChanged = text !== textOf(setting.value);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && value !== undefined) void save.run(value);
      }}
    >
      {kind === "words" && <Select label={label} value={text} options={wordsOf(setting.key).map((word) => ({ value: word, label: word }))} onChange={setText} hint={hint} />}
      {kind === "list" && <TextArea label={label} rows={3} value={text} onChange={setText} hint={`One a line. ${hint}`} />}
      {kind === "switch" && <Checkbox label={label} isOn={text === "true"} onChange={(isOn) => setText(String(isOn))} hint={hint} />}
      {(kind === "text" || kind === "number") && (
        <Field label={label} value={text} onChange={setText} inputMode={kind === "number" ? "numeric" : undefined} error={value === undefined ? "a whole number" : null} hint={hint} />
      )}
      {save.problem && <ProblemNote problem={save.problem} />}
      {(isChanged || setting.source === "stored") && (
        <p className="row">
          <Button type="submit" kind="main" isBusy={save.isBusy} refusal={isChanged ? (value === undefined ? "a whole number is needed" : null) : "nothing has changed"}>Save</Button>
          {isChanged && <Button onClick={() => setText(textOf(setting.value))}>Undo</Button>}
          {setting.source === "stored" && <Button isBusy={save.isBusy} onClick={() => void save.run(null)}>Back to the default</Button>}
        </p>
      )}
    </form>
  );
}
