import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import type { PageProps } from "../../app/routes";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { Empty } from "../../parts/Empty";
import { FilterBox } from "../../parts/FilterBox";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Status } from "../../parts/Status";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useLive } from "../../stream/live";
import { useState } from "react";
import { ServerPage } from "./ServerPage";

/** All containers of a server. */
export default function Containers({ params }: PageProps) {
  const name = params.server ?? "";
  const [filter, setFilter] = useState("");
  const live = useLive(
    `server:${name}:containers`,
    (signal) => everyPage((cursor) => call("GET /servers/{server}/containers", { path: { server: name }, query: { limit: 200, cursor } }, { signal })),
    (value, event) => (event.server === name && event.event.startsWith("container.") ? "reload" : value),
  );
  return (
    <ServerPage server={name} tab="containers" name="Containers">
      {() => (
        <Loaded live={live} waitingFor={name}>
          {({ items }) => {
            const shown = items.filter((container) => `${container.name} ${container.image} ${container.stack ?? ""}`.toLowerCase().includes(filter.toLowerCase()));
            return (
              <Panel title="Containers" isFlush actions={<FilterBox label="Filter containers" value={filter} onChange={setFilter} />}>
                {shown.length === 0 ? (
                  <Empty title={items.length === 0 ? `${name} has no containers` : "No container fits the filter"} />
                ) : (
                  <Table
                    caption={`Containers of ${name}`} rows={shown} rowKey={(container) => container.id} onOpen={(container) => go(path`/servers/${name}/containers/${container.id}`)}
                    columns={[
                      { key: "name", title: "Name", isName: true, cell: (container) => <Link to={path`/servers/${name}/containers/${container.id}`}>{container.name}</Link> },
                      { key: "status", title: "Status", cell: (container) => <Status status={container.health === "unhealthy" ? "unhealthy" : container.status} /> },
                      { key: "stack", title: "Stack", cell: (container) => (container.stack ? <Link to={path`/stacks/${container.stack}@${name}`}>{container.stack}</Link> : <span className="muted">none</span>) },
                      { key: "image", title: "Image", cell: (container) => <span className="mono">{container.image}</span> },
                      { key: "text", title: "For", cell: (container) => container.text },
                      { key: "created", title: "Made", isShort: true, cell: (container) => <Time at={container.created_at} /> },
                    ]}
                  />
                )}
              </Panel>
            );
          }}
        </Loaded>
      )}
    </ServerPage>
  );
}
