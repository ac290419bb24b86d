import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "../app/Link";
import { useTitle } from "../app/title";

export interface Crumb {
  to: string;
  text: string;
}

interface Props {
  title: string;
  /** In the browser's tab; else the title. */
  tabTitle?: string;
  /** Beside the title: a status. */
  mark?: ReactNode;
  /** Below the title: what matters most of the thing, in a line. */
  facts?: ReactNode;
  /** The way down to here, without the page itself. */
  crumbs?: Crumb[];
  actions?: ReactNode;
  /** Below the title: tabs. */
  tabs?: ReactNode;
  /** Uses the full width, as logs and editors do. */
  isWide?: boolean;
  children: ReactNode;
}

/** The frame of a page: its one h1, which gets the focus when somebody comes here, and what is beside it. */
export function Page({ title, tabTitle, mark, facts, crumbs = [], actions, tabs, isWide, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(tabTitle ?? title);
  useEffect(() => {
    // The first page of a visit is read from its beginning.
    if (hasVisited) heading.current?.focus({ preventScroll: true });
    hasVisited = true;
  }, []);
  return (
    <div className={isWide ? "page page-wide" : "page"}>
      <header className="page-head">
        <div className="page-title">
          {crumbs.length > 0 && (
            <nav className="crumbs" aria-label="Breadcrumbs">
              <ol>
                {crumbs.map((crumb) => <li key={crumb.to}><Link to={crumb.to}>{crumb.text}</Link></li>)}
              </ol>
            </nav>
          )}
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {mark}
          {actions && <div className="page-actions">{actions}</div>}
        </div>
        {facts && <div className="page-facts">{facts}</div>}
        {tabs}
      </header>
      {children}
    </div>
  );
}

let hasVisited = false;
