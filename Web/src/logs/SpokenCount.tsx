import { useEffect, useRef, useState } from "react";
import { count } from "../parts/format";

/** Screen readers hear of new lines at most so often. */
const PAUSE = 5000;

/** "120 new lines", said politely. */
export function SpokenCount({ size }: { size: number }) {
  const [spoken, setSpoken] = useState("");
  const newest = useRef(size);
  newest.current = size;
  useEffect(() => {
    let said = newest.current;
    const timer = setInterval(() => {
      const fresh = newest.current - said;
      said = newest.current;
      setSpoken(fresh > 0 ? count(fresh, "new line") : "");
    }, PAUSE);
    return () => clearInterval(timer);
  }, []);
  return <span className="unseen" role="status">{spoken}</span>;
}
