import { useEffect, useState } from "react";
import { serverNow } from "../api/clock";

/** The server's time of day, anew each interval (at least 1 s); 0: only once. Hidden tabs stand still. */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (milliseconds === 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) setNow(serverNow());
    }, Math.max(1000, milliseconds));
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}
