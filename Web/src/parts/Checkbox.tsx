import { useId, type ReactNode } from "react";

interface Props {
  label: ReactNode;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  hint?: ReactNode;
  disabled?: boolean;
  isLabelHidden?: boolean;
}

/** A box to tick. */
export function Checkbox({ label, isOn, onChange, hint, disabled, isLabelHidden }: Props) {
  const id = useId();
  return (
    <div className="checkbox">
      <input
        id={id} type="checkbox" checked={isOn} disabled={disabled} onChange={(event) => onChange(event.target.checked)}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      <label htmlFor={id}>
        <span className={isLabelHidden ? "unseen" : undefined}>{label}</span>
      </label>
      {hint && <div id={`${id}-hint`} className="field-hint">{hint}</div>}
    </div>
  );
}
