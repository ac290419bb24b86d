import { useEffect, useState } from "react";

/** The time of day, anew each interval (at least 1 s); 0: only once. Hidden tabs stand still. */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (milliseconds === 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, Math.max(1000, milliseconds));
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}
