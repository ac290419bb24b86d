import { useEffect, useState } from "react";
import { call } from "../../api/client";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { useAction } from "../../parts/useAction";

/** Shows a sealed value for half a minute; the audit log says who looked. */
export default function SecretValue({ stack, name, onClose }: { stack: string; name: string; onClose: () => void }) {
  const [value, setValue] = useState<string>();
  const show = useAction(async () => setValue((await call("POST /stacks/{stack}/secrets/{name}/reveal", { path: { stack, name } })).value));
  useEffect(() => {
    void show.run();
  }, [show.run]);
  useEffect(() => {
    if (value === undefined) return;
    const timer = setTimeout(onClose, 30_000);
    return () => clearTimeout(timer);
  }, [value, onClose]);
  return (
    <Dialog title={`Secret ${name}`} onClose={onClose}>
      {show.problem && <ProblemNote problem={show.problem} />}
      {value === undefined && !show.problem && <Skeleton lines={1} />}
      {value !== undefined && (
        <>
          <p className="row"><code>{value}</code> <CopyButton text={value} name="Copy the secret" /></p>
          <p className="muted">This closes by itself after 30 seconds. The audit log says that you looked.</p>
        </>
      )}
    </Dialog>
  );
}
