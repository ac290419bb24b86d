import { Field } from "./Field";

/** A text that narrows a list; the key / goes to it. */
export function FilterBox({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <div className="filter-box" role="search">
      <Field
        label={label} isLabelHidden type="search" placeholder={label} value={value} onChange={onChange} data-filter autoComplete="off"
        aria-keyshortcuts="/"
        onKeyDown={(event) => {
          if (event.key === "Escape" && value) {
            event.stopPropagation();
            onChange("");
          }
        }}
      />
    </div>
  );
}
