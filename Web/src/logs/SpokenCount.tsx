import { useEffect, useRef, useState } from "react";
import { count } from "../parts/format";

/** Screen readers hear of new lines at most so often. */
const PAUSE = 5000;

/** "120 new lines, 3 errors", said politely. */
export function SpokenCount({ arrived, errors }: { arrived: number; errors: number }) {
  const [spoken, setSpoken] = useState("");
  const newest = useRef({ arrived, errors });
  newest.current = { arrived, errors };
  useEffect(() => {
    let said = newest.current;
    const timer = setInterval(() => {
      setSpoken(spokenText(newest.current.arrived - said.arrived, newest.current.errors - said.errors));
      said = newest.current;
    }, PAUSE);
    return () => clearInterval(timer);
  }, []);
  return <span className="unseen" role="status">{spoken}</span>;
}

export function spokenText(lines: number, errors: number): string {
  if (lines <= 0) return "";
  return errors > 0 ? `${count(lines, "new line")}, ${count(errors, "error")}` : count(lines, "new line");
}
