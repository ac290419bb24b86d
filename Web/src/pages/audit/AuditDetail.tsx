import type { AuditEntry } from "../../api/schema";
import { Dialog } from "../../parts/Dialog";
import { Facts } from "../../parts/Facts";
import { Time } from "../../parts/Time";

/** One entry whole, with its place in the chain. */
export function AuditDetail({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const detail = Object.entries((entry.detail ?? {}) as Record<string, unknown>);
  return (
    <Dialog title={`Entry ${entry.sequence}`} onClose={onClose} isWide>
      <Facts
        facts={[
          ["Time", <Time at={entry.at} exact />], ["Who", entry.actor], ["Credential", entry.credential && <span className="mono">{entry.credential}</span>],
          ["Way", entry.way], ["From", entry.address && <span className="mono">{entry.address}</span>], ["Action", <span className="mono">{entry.action}</span>],
          ["Target", entry.target], ["Outcome", entry.outcome], ["Request", entry.request_id && <span className="mono">{entry.request_id}</span>],
          ...detail.map(([name, value]): [string, JSX.Element] => [name, <span className="mono">{typeof value === "string" ? value : JSON.stringify(value)}</span>]),
          ["Hash", <span className="mono">{entry.hash}</span>],
        ]}
      />
    </Dialog>
  );
}
