import { useEffect, useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { asProblem, isAbort } from "../../api/problem";
import type { ImagePlan, Problem } from "../../api/schema";
import { go, path } from "../../app/router";
import { Button } from "../../parts/Button";
import { Bytes } from "../../parts/Bytes";
import { Checkbox } from "../../parts/Checkbox";
import { Dialog } from "../../parts/Dialog";
import { Empty } from "../../parts/Empty";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { Table } from "../../parts/Table";
import { bytesText, count, shortId } from "../../parts/format";
import { useAction } from "../../parts/useAction";

/** Shows exactly which images would go and which stay for what, before anything is removed. */
export function PruneDialog({ server, onClose }: { server: string; onClose: () => void }) {
  const [untaggedOnly, setUntaggedOnly] = useState(true);
  const [plan, setPlan] = useState<ImagePlan>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const running = new AbortController();
    setPlan(undefined);
    call("POST /servers/{server}/images/prune", { path: { server }, body: { dry_run: true, untagged_only: untaggedOnly } }, { signal: running.signal }).then(
      (answer) => setPlan(answer as ImagePlan),
      (error) => !isAbort(error) && setProblem(asProblem(error)),
    );
    return () => running.abort();
  }, [server, untaggedOnly]);
  const prune = useAction(async () => {
    const operation = await call("POST /servers/{server}/images/prune", { path: { server }, body: { untagged_only: untaggedOnly } }, { idempotencyKey: idempotencyKey() });
    if ("state" in operation) go(path`/operations/${operation.id}`);
  });
  const amount = plan?.removed.length ?? 0;
  return (
    <Dialog
      title={`Prune images of ${server}`} isWide onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" isBusy={prune.isBusy} refusal={plan === undefined ? "looking…" : amount === 0 ? "nothing would go" : null} onClick={() => void prune.run()}>
            {`Remove ${count(amount, "image")}, ${bytesText(plan?.reclaimable_bytes ?? 0)}`}
          </Button>
        </>
      }
    >
      <Checkbox label="Only images without a tag" isOn={untaggedOnly} onChange={setUntaggedOnly} />
      {(problem ?? prune.problem) && <ProblemNote problem={(problem ?? prune.problem)!} />}
      {plan === undefined && !problem && <Skeleton lines={4} />}
      {plan && (
        <>
          <h3>Goes</h3>
          {plan.removed.length === 0 ? <Empty title="Nothing: all of them are needed" /> : (
            <Table
              caption="Images that would be removed" rows={plan.removed} rowKey={(image) => image.id}
              columns={[
                { key: "tag", title: "Image", isName: true, cell: (image) => <span className="mono">{image.tags.join(", ") || shortId(image.id)}</span> },
                { key: "size", title: "Size", isNumber: true, cell: (image) => <Bytes value={image.size_bytes} /> },
              ]}
            />
          )}
          <h3>Stays</h3>
          <Table
            caption="Images that stay" rows={plan.kept} rowKey={(image) => image.id}
            columns={[
              { key: "tag", title: "Image", isName: true, cell: (image) => <span className="mono">{image.tags.join(", ") || shortId(image.id)}</span> },
              { key: "why", title: "Why", cell: (image) => image.reasons.map(reasonText).join(", ") },
            ]}
          />
        </>
      )}
    </Dialog>
  );
}

function reasonText(reason: ImagePlan["kept"][number]["reasons"][number]): string {
  switch (reason.kind) {
    case "container": return `container ${reason.container ?? ""}`;
    case "revision": return `revision ${reason.revision ?? ""} of ${reason.stack ?? ""}`;
    case "tagged": return "it has a tag";
  }
}
