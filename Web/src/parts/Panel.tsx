import { useId, type ReactNode } from "react";
import { ErrorBoundary } from "../app/ErrorBoundary";
import { classes } from "./classes";

interface Props {
  title: string;
  /** Without a heading: the page's own title says it already. */
  isTitleHidden?: boolean;
  actions?: ReactNode;
  children: ReactNode;
  /** Without the space around what is in it, as for tables. */
  isFlush?: boolean;
  className?: string;
}

/** A part of a page with its heading; what fails in it stays in it. */
export function Panel({ title, isTitleHidden, actions, children, isFlush, className }: Props) {
  const heading = useId();
  return (
    <section
      className={classes("panel", isFlush && "panel-flush", isTitleHidden && "panel-bare", className)}
      aria-label={isTitleHidden ? title : undefined} aria-labelledby={isTitleHidden ? undefined : heading}
    >
      {!isTitleHidden && (
        <div className="panel-head">
          <h2 id={heading}>{title}</h2>
          {actions && <div className="row">{actions}</div>}
        </div>
      )}
      <div className="panel-body">
        <ErrorBoundary>{children}</ErrorBoundary>
      </div>
    </section>
  );
}
