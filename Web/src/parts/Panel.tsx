import { useId, type ReactNode } from "react";
import { ErrorBoundary } from "../app/ErrorBoundary";

interface Props {
  title: string;
  /** The heading is only for screen readers: the page's own title says it already. */
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
    <section className={`panel${isFlush ? " panel-flush" : ""}${className ? ` ${className}` : ""}`} aria-labelledby={heading}>
      {isTitleHidden ? (
        <h2 id={heading} className="unseen">{title}</h2>
      ) : (
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
