import type { ReactNode } from "react";

/** A short word that marks something. */
export function Badge({ tone = "muted", children }: { tone?: "ok" | "info" | "warn" | "danger" | "muted"; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}
