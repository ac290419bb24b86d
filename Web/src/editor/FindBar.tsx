import { useEffect, useRef, useState } from "react";

interface FindBarProps {
  onFind: (query: string, backwards: boolean) => boolean;
  onClose: () => void;
}

/** Searches in the open file: Enter forwards, Shift+Enter backwards, Esc closes. */
export function FindBar({ onFind, onClose }: FindBarProps) {
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
        if (event.key === "Enter" && event.shiftKey) {
          event.preventDefault();
          find(true);
        }
      }}
    >
      <input
        ref={field} className="input" type="text" aria-label="Search for" value={query} autoComplete="off" spellCheck={false}
        onChange={(event) => {
          setQuery(event.target.value);
          setMissing(false);
        }}
      />
      <button type="button" className="button" onClick={() => find(true)}>Previous</button>
      <button type="submit" className="button">Next</button>
      <button type="button" className="button" onClick={onClose}>Close</button>
      <span role="status" className="find-bar-status">{isMissing ? "not in this file" : ""}</span>
    </form>
  );
}
