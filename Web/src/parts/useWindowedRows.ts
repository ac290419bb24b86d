import { useEffect, useState, type RefObject } from "react";

export interface ShownRows {
  from: number;
  to: number;
  rowHeight: number;
}

const MARGIN_ROWS = 30;
const FIRST_ROWS = 100;

/** Which rows of a long list can be seen, with some beside them; short lists are shown whole. */
export function useWindowedRows(body: RefObject<HTMLElement>, count: number, windowFrom: number): ShownRows {
  const [shown, setShown] = useState<ShownRows>({ from: 0, to: FIRST_ROWS, rowHeight: 40 });
  const isWindowed = count > windowFrom;
  useEffect(() => {
    if (!isWindowed) return;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const element = body.current;
      const row = element?.querySelector<HTMLElement>("tr:not(.gap)");
      if (!element || !row) return;
      const rowHeight = row.offsetHeight || 40;
      const top = element.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(-top / rowHeight) - MARGIN_ROWS);
      const to = Math.min(count, Math.ceil((innerHeight - top) / rowHeight) + MARGIN_ROWS);
      // Only a step of some rows is worth drawing anew.
      setShown((old) => (Math.abs(old.from - from) < 10 && Math.abs(old.to - to) < 10 && old.rowHeight === rowHeight ? old : { from, to: Math.max(to, from + 1), rowHeight }));
    };
    const plan = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    addEventListener("scroll", plan, { passive: true, capture: true });
    addEventListener("resize", plan);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", plan, { capture: true });
      removeEventListener("resize", plan);
    };
  }, [body, count, isWindowed]);
  return isWindowed ? shown : { from: 0, to: count, rowHeight: 40 };
}
