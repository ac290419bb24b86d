import { useRevisions } from "../../api/revisions";
import type { Plan } from "../../api/schema";
import { Badge } from "../../parts/Badge";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { shortId } from "../../parts/format";
import { imageRows, type ImageRow } from "../../plan/imageRows";
import { imagesToPull } from "../../plan/planGroups";
import type { Intent } from "../../plan/intent";

/** The image of each service, now and afterwards, and which have to be pulled. */
export default function PlanImages({ stack, plan, intent }: { stack: string; plan: Plan; intent: Intent }) {
  const live = useRevisions(stack);
  const pulls = imagesToPull(plan.steps);
  return (
    <Loaded live={live}>
      {({ items }) => {
        const target = intent.kind === "rollback" ? items.find((revision) => revision.number === intent.to)?.images ?? null : null;
        const rows = imageRows(items.find((revision) => revision.current)?.images ?? {}, plan.steps, target);
        return (
          <>
            <Panel title="Images" isFlush>
              {rows.length === 0 ? (
                <Empty title={pulls.length === 0 ? "All images are there already" : "Nothing runs yet"} />
              ) : (
                <Table
                  caption="Images now and afterwards" rows={rows} rowKey={(row) => row.service}
                  columns={[
                    { key: "service", title: "Service", isName: true, cell: (row) => row.service },
                    { key: "before", title: "Now", cell: (row) => <ImageName image={row.before} /> },
                    { key: "after", title: "Afterwards", cell: (row) => (row.isChanged ? <ImageName image={row.after} /> : <span className="muted">the same</span>) },
                    { key: "pull", title: "Comes from", cell: (row) => (row.isPulled ? <Badge tone="info">registry</Badge> : row.after === null ? "" : "this server") },
                  ]}
                />
              )}
            </Panel>
            {pulls.length > 0 && (
              <Panel title="To pull">
                <ul>{pulls.map((pull) => <li key={pull.image}><code>{pull.image}</code> <span className="muted">{pull.cause}</span></li>)}</ul>
              </Panel>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function ImageName({ image }: { image: ImageRow["before"] }) {
  if (image === null) return <span className="muted">none</span>;
  return (
    <>
      <span className="mono">{image.reference}</span> {image.digest !== null && <span className="mono muted" title={image.digest}>{shortId(image.digest)}</span>}
    </>
  );
}
