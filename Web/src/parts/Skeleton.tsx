import { useEffect, useState } from "react";

/** Grey lines in place of what is loading: nothing for 150 ms, and a word after 5 s. */
export function Skeleton({ lines = 4, waitingFor = "the server" }: { lines?: number; waitingFor?: string }) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 5000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status">
      <span className="unseen">Loading</span>
      {Array.from({ length: lines }, (_, index) => <span key={index} className="skeleton-line" aria-hidden="true" />)}
      {isSlow && <p className="muted">Still waiting for {waitingFor}…</p>}
    </div>
  );
}
