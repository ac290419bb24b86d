import { useState } from "react";
import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { FilterBox } from "../../parts/FilterBox";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { useLive } from "../../stream/live";
import { NewNetworkDialog } from "./NewNetworkDialog";

/** The networks of a server. */
export function NetworksOf({ server }: { server: string }) {
  const { session } = useSession();
  const [filter, setFilter] = useState("");
  const [isMaking, setMaking] = useState(false);
  const live = useLive(
    `server:${server}:networks`,
    (signal) => everyPage((cursor) => call("GET /servers/{server}/networks", { path: { server }, query: { limit: 200, cursor } }, { signal })),
    (value, event) => (event.server === server && (event.event === "operation.changed" || event.event === "server.link") ? "reload" : value),
  );
  return (
    <Panel
      title={`Networks of ${server}`} isFlush
      actions={
        <>
          <FilterBox label="Filter networks" value={filter} onChange={setFilter} />
          <Button icon="plus" refusal={may(session, "operator", { server }) ? null : "needs operator"} onClick={() => setMaking(true)}>New network</Button>
        </>
      }
    >
      <Loaded live={live} waitingFor={server}>
        {({ items }) => {
          const shown = items.filter((network) => `${network.name} ${network.stack ?? ""} ${network.driver}`.toLowerCase().includes(filter.toLowerCase()));
          if (shown.length === 0) return <Empty title={items.length === 0 ? `${server} has no networks` : "No network fits the filter"} />;
          return (
            <Table
              caption={`Networks of ${server}`} rows={shown} rowKey={(network) => network.id} onOpen={(network) => go(path`/servers/${server}/networks/${network.id}`)}
              columns={[
                { key: "name", title: "Name", isName: true, cell: (network) => <Link to={path`/servers/${server}/networks/${network.id}`} className="mono">{network.name}</Link> },
                { key: "stack", title: "Stack", cell: (network) => (network.stack ? <Link to={path`/stacks/${network.stack}@${server}`}>{network.stack}</Link> : <span className="muted">none</span>) },
                { key: "driver", title: "Driver", isShort: true, cell: (network) => network.driver },
                { key: "scope", title: "Scope", isShort: true, cell: (network) => network.scope },
                { key: "subnet", title: "Subnet", cell: (network) => <span className="mono">{network.pools.map((pool) => pool.subnet).join(", ") || "–"}</span> },
                { key: "gateway", title: "Gateway", cell: (network) => <span className="mono">{network.pools.map((pool) => pool.gateway).filter(Boolean).join(", ") || "–"}</span> },
                { key: "internal", title: "Internal", cell: (network) => (network.internal ? "yes" : "no") },
              ]}
            />
          );
        }}
      </Loaded>
      {isMaking && (
        <NewNetworkDialog
          server={server} onClose={() => setMaking(false)}
          onMake={async (body) => {
            const made = await call("POST /servers/{server}/networks", { path: { server }, body });
            go(path`/servers/${server}/networks/${made.network.id}`);
          }}
        />
      )}
    </Panel>
  );
}
