import type { ReactNode } from "react";
import { Icon } from "./Icon";

/** A remark in its place that is no failure of a call. */
export function Note({ kind = "info", title, children }: { kind?: "info" | "ok" | "warn" | "danger"; title?: string; children?: ReactNode }) {
  const icon = kind === "ok" ? "check" : kind === "warn" ? "warning" : kind === "danger" ? "error" : "info";
  return (
    <div className={`note note-${kind}`} role={kind === "danger" ? "alert" : undefined}>
      <Icon name={icon} />
      <div className="note-body">
        {title && <p className="note-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
