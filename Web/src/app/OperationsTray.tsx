import { useEffect, useRef, useState } from "react";
import { Button } from "../parts/Button";
import { Elapsed } from "../parts/Elapsed";
import { Status } from "../parts/Status";
import { Link } from "./Link";
import { operationName } from "../pages/operation/operationName";
import { useRunningOperations } from "../api/operations";

/** What runs just now, from anywhere on the site. */
export function OperationsTray() {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const running = useRunningOperations().value ?? [];
  useEffect(() => {
    if (!isOpen) return;
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [isOpen]);
  return (
    <div
      className="tray" ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        box.current?.querySelector("button")?.focus();
      }}
    >
      <Button
        kind="quiet" icon="operations" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}
        aria-label={running.length === 0 ? "Operations: none runs" : `Operations: ${running.length} running`}
      >
        <span className="numbers">{running.length}</span>
      </Button>
      {isOpen && (
        <div className="tray-list">
          <ul className="plain-list">
            {running.length === 0 && <li className="muted">Nothing runs just now.</li>}
            {running.map((operation) => (
              <li key={operation.id}>
                <Link to={`/operations/${operation.id}`} className="grow" onClick={() => setOpen(false)}>{operationName(operation)}</Link>
                <Status status={operation.state} />
                <Elapsed from={operation.started_at ?? operation.created_at} />
              </li>
            ))}
            <li><Link to="/operations" onClick={() => setOpen(false)}>All operations</Link></li>
          </ul>
        </div>
      )}
    </div>
  );
}
