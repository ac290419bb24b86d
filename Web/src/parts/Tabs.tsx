import { useEffect, useRef } from "react";
import { Link } from "../app/Link";

export interface Tab {
  to: string;
  text: string;
  count?: number;
}

/** So much of the tab before it stays in view. */
const EDGE = 48;

/** Links to the parts of one thing; the keys [ and ] go along them. */
export function Tabs({ tabs, current, name }: { tabs: Tab[]; current: string; name: string }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // On narrow screens the present one may be beyond the edge.
    const marked = box.current?.querySelector<HTMLElement>("[aria-current]");
    if (box.current && marked) box.current.scrollLeft = marked.offsetLeft - EDGE;
  }, [current]);
  return (
    <nav className="tabs" aria-label={name} ref={box}>
      <ul>
        {tabs.map((tab) => (
          <li key={tab.to}>
            <Link to={tab.to} isCurrent={tab.to === current}>
              {tab.text}
              {tab.count !== undefined && <span className="tab-count numbers">{tab.count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
