import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { everyPage } from "../../api/pages";
import type { Image } from "../../api/schema";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Link } from "../../app/Link";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Bytes } from "../../parts/Bytes";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { FilterBox } from "../../parts/FilterBox";
import { Loaded } from "../../parts/Loaded";
import { Menu } from "../../parts/Menu";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { shortId } from "../../parts/format";
import { toast } from "../../parts/toasts";
import { useLive } from "../../stream/live";
import { PruneDialog } from "./PruneDialog";
import { PullDialog } from "./PullDialog";

/** The images of a server: what uses them, what keeps them. */
export function ImagesOf({ server }: { server: string }) {
  const { session } = useSession();
  const refusal = may(session, "operator", { server }) ? null : "needs operator";
  const [filter, setFilter] = useState("");
  const [asked, setAsked] = useState<"pull" | "prune">();
  const [removed, setRemoved] = useState<Image>();
  const live = useLive(
    `server:${server}:images`,
    (signal) => everyPage((cursor) => call("GET /servers/{server}/images", { path: { server }, query: { limit: 200, cursor } }, { signal })),
    (value, event) => (event.server === server && (event.event === "operation.changed" || event.event === "container.removed" || event.event === "server.link") ? "reload" : value),
  );
  return (
    <Panel
      title={`Images of ${server}`} isFlush
      actions={
        <>
          <FilterBox label="Filter images" value={filter} onChange={setFilter} />
          <Button icon="download" refusal={refusal} onClick={() => setAsked("pull")}>Pull</Button>
          <Button icon="trash" refusal={refusal} onClick={() => setAsked("prune")}>Prune…</Button>
        </>
      }
    >
      <Loaded live={live} waitingFor={server}>
        {({ items }) => {
          const shown = items.filter((image) => [image.id, ...image.tags, ...image.used_by].join(" ").toLowerCase().includes(filter.toLowerCase()));
          if (shown.length === 0) return <Empty title={items.length === 0 ? `${server} has no images` : "No image fits the filter"} action={items.length > 0 && <Button onClick={() => setFilter("")}>Clear</Button>} />;
          return (
            <Table
              caption={`Images of ${server}`} rows={shown} rowKey={(image) => image.id}
              columns={[
                { key: "tag", title: "Tag", isName: true, cell: (image) => (image.tags.length === 0 ? <span className="muted">no tag</span> : <span className="mono">{image.tags.join(", ")}</span>) },
                { key: "digest", title: "Digest", isShort: true, cell: (image) => <span className="mono" title={image.digests[0] ?? image.id}>{shortId(image.digests[0]?.split("@").pop() ?? image.id)}</span> },
                { key: "size", title: "Size", isNumber: true, cell: (image) => <Bytes value={image.size_bytes} /> },
                { key: "used", title: "Used by", cell: (image) => (image.used_by.length === 0 ? <Badge>unused</Badge> : image.used_by.join(", ")) },
                { key: "kept", title: "Kept for", cell: (image) => <KeptFor image={image} server={server} /> },
                { key: "made", title: "Made", isShort: true, cell: (image) => <Time at={image.created_at} /> },
                {
                  key: "acts", title: "Acts", isTitleHidden: true,
                  cell: (image) => (
                    <Menu
                      name={`Acts for ${image.tags[0] ?? shortId(image.id)}`}
                      items={[{ text: "Remove…", icon: "trash", isDangerous: true, refusal: refusal ?? (image.used_by.length > 0 ? "a container uses it" : null), onChoose: () => setRemoved(image) }]}
                    />
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
      {asked === "pull" && (
        <PullDialog
          server={server} onClose={() => setAsked(undefined)}
          onPull={async (reference) => {
            const operation = await call("POST /servers/{server}/images/pull", { path: { server }, body: { reference } }, { idempotencyKey: idempotencyKey() });
            go(path`/operations/${operation.id}`);
          }}
        />
      )}
      {asked === "prune" && <PruneDialog server={server} onClose={() => setAsked(undefined)} />}
      {removed && (
        <Confirm
          title={`Remove ${removed.tags[0] ?? shortId(removed.id)} from ${server}?`} act="Remove the image" isDangerous onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            const answer = await call("DELETE /servers/{server}/images/{image}", { path: { server, image: removed.id }, query: { force: removed.tags.length > 1 || undefined } });
            toast(`${answer.untagged.length} tags and ${answer.deleted.length} layers are removed.`);
            live.reload();
          }}
        >
          {removed.tags.length > 1 && <p>All its tags go: <span className="mono">{removed.tags.join(", ")}</span></p>}
          {removed.kept_by.length > 0 && <p>{removed.kept_by.map((keeper) => `Revision ${keeper.revision} of ${keeper.stack}`).join(", ")} would have to pull it again.</p>}
        </Confirm>
      )}
    </Panel>
  );
}

function KeptFor({ image, server }: { image: Image; server: string }) {
  if (image.kept_by.length === 0) return <span className="muted">nothing</span>;
  return (
    <>
      {image.kept_by.slice(0, 3).map((keeper, index) => (
        <span key={index}>{index > 0 && ", "}<Link to={path`/stacks/${keeper.stack}@${server}/revisions/${keeper.revision}`}>{`${keeper.stack} ${keeper.revision}`}</Link></span>
      ))}
      {image.kept_by.length > 3 && <span className="muted"> and {image.kept_by.length - 3} more</span>}
    </>
  );
}
