import { useEffect, useState } from "react";
import { useQuery } from "../../app/router";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import type { AuditFilter } from "./filter";

const names = ["actor", "action", "target", "since", "until"] as const;

interface Props {
  filter: AuditFilter;
  onChange: (changes: Record<string, string | null>) => void;
}

/** The filters of the audit log; they are the address of the page. */
export function AuditFilters({ filter, onChange }: Props) {
  const query = useQuery();
  const given = names.map((name) => query.get(name) ?? "").join("\n");
  const [texts, setTexts] = useState<Record<string, string>>({});
  useEffect(() => setTexts(Object.fromEntries(names.map((name) => [name, query.get(name) ?? ""]))), [given]);
  const field = (name: (typeof names)[number], label: string, type = "text", placeholder = "") => (
    <Field label={label} type={type} placeholder={placeholder} value={texts[name] ?? ""} onChange={(value) => setTexts({ ...texts, [name]: value })} autoComplete="off" data-filter={name === "actor" || undefined} />
  );
  return (
    <form
      className="toolbar" role="search" aria-label="Entries"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(texts);
      }}
    >
      {field("actor", "Who")}
      {field("action", "Action", "text", "stack.deploy")}
      {field("target", "Target")}
      <Select
        label="Outcome" value={filter.outcome ?? ""} onChange={(outcome) => onChange({ ...texts, outcome })}
        options={[{ value: "", label: "any" }, { value: "ok", label: "ok" }, { value: "denied", label: "denied" }, { value: "failed", label: "failed" }]}
      />
      {field("since", "From day", "date")}
      {field("until", "To day", "date")}
      <Button type="submit" icon="filter">Filter</Button>
      {Object.keys(filter).length > 0 && <Button onClick={() => onChange(Object.fromEntries([...names, "outcome"].map((name) => [name, null])))}>Clear</Button>}
    </form>
  );
}
