import { useState } from "react";
import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Bytes } from "../../parts/Bytes";
import { Chip } from "../../parts/Chip";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { FilterBox } from "../../parts/FilterBox";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useLive } from "../../stream/live";

/** The volumes of a server: whose they are, what uses them, which nobody needs. */
export function VolumesOf({ server }: { server: string }) {
  const { session } = useSession();
  const refusal = may(session, "operator", { server }) ? null : "needs operator";
  const [filter, setFilter] = useState("");
  const [orphansOnly, setOrphansOnly] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [name, setName] = useState("");
  const live = useLive(
    `server:${server}:volumes`,
    (signal) => everyPage((cursor) => call("GET /servers/{server}/volumes", { path: { server }, query: { limit: 200, cursor, sizes: true } }, { signal })),
    (value, event) => (event.server === server && (event.event === "operation.changed" || event.event === "container.removed" || event.event === "server.link") ? "reload" : value),
  );
  return (
    <Panel
      title={`Volumes of ${server}`} isFlush
      actions={
        <>
          <FilterBox label="Filter volumes" value={filter} onChange={setFilter} />
          <Chip text="Orphans" isOn={orphansOnly} onChange={setOrphansOnly} count={live.value?.items.filter((volume) => volume.orphan).length} />
          <Button icon="plus" refusal={refusal} onClick={() => setMaking(true)}>New volume</Button>
        </>
      }
    >
      <Loaded live={live} waitingFor={server}>
        {({ items }) => {
          const shown = items.filter((volume) => (!orphansOnly || volume.orphan) && `${volume.name} ${volume.stack ?? ""}`.toLowerCase().includes(filter.toLowerCase()));
          if (shown.length === 0) return <Empty title={items.length === 0 ? `${server} has no volumes` : "No volume fits the filters"} action={items.length > 0 && <Button onClick={() => { setFilter(""); setOrphansOnly(false); }}>Clear</Button>} />;
          return (
            <Table
              caption={`Volumes of ${server}`} rows={shown} rowKey={(volume) => volume.name} onOpen={(volume) => go(path`/servers/${server}/volumes/${volume.name}`)}
              columns={[
                { key: "name", title: "Name", isName: true, cell: (volume) => <><Link to={path`/servers/${server}/volumes/${volume.name}`} className="mono">{volume.name}</Link> {volume.orphan && <Badge tone="warn">orphan</Badge>}{volume.anonymous && <Badge>anonymous</Badge>}</> },
                { key: "stack", title: "Stack", cell: (volume) => (volume.stack ? <Link to={path`/stacks/${volume.stack}@${server}`}>{volume.stack}</Link> : <span className="muted">none</span>) },
                { key: "users", title: "Used by", cell: (volume) => (volume.users.length === 0 ? <span className="muted">nothing</span> : volume.users.map((user) => user.name).join(", ")) },
                { key: "size", title: "Size", isNumber: true, cell: (volume) => <Bytes value={volume.size_bytes} /> },
                { key: "driver", title: "Driver", isShort: true, cell: (volume) => volume.driver },
                { key: "made", title: "Made", isShort: true, cell: (volume) => (volume.created_at ? <Time at={volume.created_at} /> : <span className="muted">–</span>) },
              ]}
            />
          );
        }}
      </Loaded>
      {isMaking && (
        <Confirm
          title={`New volume on ${server}`} act="Make it" onClose={() => setMaking(false)}
          onConfirm={async () => {
            await call("POST /servers/{server}/volumes", { path: { server }, body: { name } });
            setName("");
            live.reload();
          }}
        >
          <Field label="Name" value={name} onChange={setName} autoFocus autoComplete="off" />
        </Confirm>
      )}
    </Panel>
  );
}
