import { useState } from "react";
import { useServers } from "../../api/servers";
import type { PageProps } from "../../app/routes";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { mayAnywhere, useSession } from "../../app/session";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { FilterBox } from "../../parts/FilterBox";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Status } from "../../parts/Status";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { MachineBars } from "./MachineBars";
import "./servers.css";

/** All servers with their links. */
export default function Servers(_: PageProps) {
  const { session } = useSession();
  const live = useServers();
  const [filter, setFilter] = useState("");
  return (
    <Page title="Servers" actions={mayAnywhere(session, "admin") && <LinkButton to="/servers/new" kind="main" icon="plus">Add a server</LinkButton>}>
      <Loaded live={live}>
        {(servers) => {
          const shown = servers.filter((server) => `${server.name} ${server.address ?? ""}`.toLowerCase().includes(filter.toLowerCase()));
          return (
            <Panel title="Servers" isFlush actions={<FilterBox label="Filter servers" value={filter} onChange={setFilter} />}>
              {shown.length === 0 ? (
                <Empty title="No server fits the filter" action={<Button onClick={() => setFilter("")}>Clear</Button>} />
              ) : (
                <Table
                  caption="Servers" rows={shown} rowKey={(server) => server.name} onOpen={(server) => go(path`/servers/${server.name}`)} isGreyed={(server) => server.link === "away"}
                  columns={[
                    { key: "name", title: "Name", isName: true, cell: (server) => <><Link to={path`/servers/${server.name}`}>{server.name}</Link> {server.jump_only && <Badge>leads to others</Badge>}</> },
                    { key: "link", title: "Link", cell: (server) => <><Status status={server.link} />{server.seen_at && <div className="small">last seen <Time at={server.seen_at} /></div>}{server.reason && <div className="small muted">{server.reason}</div>}</> },
                    { key: "address", title: "Address", cell: (server) => <span className="mono">{server.address ?? "this machine"}</span> },
                    { key: "engine", title: "Engine", cell: (server) => (server.engine ? <>{server.engine}{server.api_version && <div className="small muted">API {server.api_version}</div>}</> : <span className="muted">–</span>) },
                    { key: "machine", title: "Machine", cell: (server) => <MachineBars server={server} /> },
                    { key: "stacks", title: "Stacks", isNumber: true, cell: (server) => server.stacks },
                    { key: "containers", title: "Containers", isNumber: true, cell: (server) => `${server.running} of ${server.containers}` },
                  ]}
                />
              )}
            </Panel>
          );
        }}
      </Loaded>
    </Page>
  );
}
