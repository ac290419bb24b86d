import { Checkbox } from "../parts/Checkbox";
import { Field } from "../parts/Field";
import { Select } from "../parts/Select";
import type { Parameter } from "./templateValues";

interface Props {
  parameter: Parameter;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

/** The control of one parameter, by its kind. */
export function ParameterField({ parameter, value, error, onChange }: Props) {
  switch (parameter.kind) {
    case "choice":
      return <Select label={parameter.description} value={value} options={parameter.choices.map((choice) => ({ value: choice, label: choice }))} onChange={onChange} hint={<code>{parameter.name}</code>} />;
    case "bool":
      return <Checkbox label={parameter.description} isOn={value === "true"} onChange={(isOn) => onChange(String(isOn))} hint={<code>{parameter.name}</code>} />;
    case "secret":
      return <Field label={parameter.description} type="password" autoComplete="new-password" value={value} onChange={onChange} error={error} hint={<><code>{parameter.name}</code> · left empty, one is made up</>} />;
    case "int": case "port":
      return <Field label={parameter.description} inputMode="numeric" value={value} onChange={onChange} error={error} hint={<code>{parameter.name}</code>} />;
    case "string":
      return <Field label={parameter.description} value={value} onChange={onChange} error={error} hint={<code>{parameter.name}</code>} />;
  }
}
