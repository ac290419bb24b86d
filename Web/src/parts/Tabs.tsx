import { Link } from "../app/Link";

export interface Tab {
  to: string;
  text: string;
  count?: number;
}

/** Links to the parts of one thing; the keys [ and ] go along them. */
export function Tabs({ tabs, current, name }: { tabs: Tab[]; current: string; name: string }) {
  return (
    <nav className="tabs" aria-label={name}>
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
