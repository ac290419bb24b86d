import { useEffect, useRef, useState } from "react";
import { Button } from "../parts/Button";
import { Field } from "../parts/Field";

interface Props {
  onFind: (query: string, backwards: boolean) => boolean;
  onClose: () => void;
}

/** Searches in the open file: Enter forwards, Shift+Enter backwards, Esc closes. */
export function FindBar({ onFind, onClose }: Props) {
  const [query, setQuery] = useState("");
  const [isMissing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const find = (backwards: boolean) => setMissing(query !== "" && !onFind(query, backwards));
  return (
    <form
      className="find-bar" role="search" aria-label="In this file"
      onSubmit={(event) => {
        event.preventDefault();
        find(false);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        if (event.key !== "Enter" || !event.shiftKey) return;
        event.preventDefault();
        find(true);
      }}
    >
      <Field
        ref={field} label="Search for" isLabelHidden placeholder="Search for" value={query} autoComplete="off"
        onChange={(value) => {
          setQuery(value);
          setMissing(false);
        }}
      />
      <Button icon="up" iconOnly onClick={() => find(true)}>Previous</Button>
      <Button icon="down" iconOnly type="submit">Next</Button>
      <Button icon="close" iconOnly kind="quiet" onClick={onClose}>Close search</Button>
      <span role="status" className="muted">{isMissing ? "not in this file" : ""}</span>
    </form>
  );
}
