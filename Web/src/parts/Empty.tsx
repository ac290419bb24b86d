import type { ReactNode } from "react";

/** Nothing here: what would be, why it is not, and the next step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="muted">{children}</div>}
      {action && <div className="row row-centre">{action}</div>}
    </div>
  );
}
