import { forwardRef, useId, type InputHTMLAttributes, type ReactNode } from "react";

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
  /** Beside the input: a button, a unit. */
  after?: ReactNode;
  /** The label is only for screen readers. */
  isLabelHidden?: boolean;
}

/** One line of text with its label, hint and error. */
export const Field = forwardRef<HTMLInputElement, FieldProps>(function Field(
  { label, value, onChange, hint, error, after, isLabelHidden, id: given, ...rest }, ref,
) {
  const made = useId();
  const id = given ?? made;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? "unseen" : undefined}>{label}</label>
      <div className="field-line">
        <input
          ref={ref} id={id} value={value} onChange={(event) => onChange(event.target.value)} aria-describedby={described}
          aria-invalid={error ? true : undefined} spellCheck={false} data-autofocus={rest.autoFocus || undefined} {...rest}
        />
        {after}
      </div>
      {hint && <div id={`${id}-hint`} className="field-hint">{hint}</div>}
      {error && <div id={`${id}-error`} className="field-error">{error}</div>}
    </div>
  );
});
