import { useState } from "react";
import { call } from "../../api/client";
import type { PageProps } from "../../app/routes";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/toasts";
import { useLive } from "../../stream/live";
import { MaskedPairs } from "../volume/MaskedPairs";
import { ConnectDialog } from "./ConnectDialog";
import { ConnectivityTest } from "./ConnectivityTest";

/** The engine makes these itself and needs them. */
const predefined = new Set(["bridge", "host", "none"]);

/** One network: who is in it, and whether one reaches another. */
export default function NetworkPage({ params }: PageProps) {
  const [server, network] = [params.server ?? "", params.network ?? ""];
  const { session } = useSession();
  const [asked, setAsked] = useState<"remove" | "connect">();
  const [leaving, setLeaving] = useState<{ container: string; name: string }>();
  const live = useLive(
    `server:${server}:network:${network}`, (signal) => call("GET /servers/{server}/networks/{network}", { path: { server, network } }, { signal }),
    (value, event) => (event.server === server && event.event.startsWith("container.") ? "reload" : value),
  );
  const shown = live.value?.network;
  const refusal = may(session, "operator", { server, stack: shown?.stack }) ? null : "needs operator";
  const base = { server, network };
  return (
    <Page
      title={shown?.name ?? network} crumbs={[{ to: "/servers", text: "Servers" }, { to: path`/servers/${server}`, text: server }, { to: path`/servers/${server}/networks`, text: "Networks" }]}
      actions={
        shown && !predefined.has(shown.name) && (
          <>
            <Button icon="plus" refusal={refusal} onClick={() => setAsked("connect")}>Connect a container</Button>
            <Button kind="danger" icon="trash" refusal={refusal ?? (live.value && live.value.endpoints.length > 0 ? "containers are in it" : null)} onClick={() => setAsked("remove")}>Remove…</Button>
          </>
        )
      }
    >
      <Loaded live={live} waitingFor={server}>
        {(detail) => (
          <div className="stack">
            <Panel title="Network">
              <Facts
                facts={[
                  ["Server", <Link to={path`/servers/${server}`}>{server}</Link>], ["Stack", detail.network.stack && <Link to={path`/stacks/${detail.network.stack}@${server}`}>{detail.network.stack}</Link>],
                  ["Driver", detail.network.driver], ["Scope", detail.network.scope], ["Way out", detail.network.internal ? "none: internal" : "yes"],
                  ["IPv6", detail.network.ipv6 ? "yes" : "no"], ["Subnets", <span className="mono">{detail.network.pools.map((pool) => [pool.subnet, pool.gateway && `gateway ${pool.gateway}`].filter(Boolean).join(", ")).join("; ") || "none"}</span>],
                  ["Made", detail.network.created_at && <Time at={detail.network.created_at} />],
                ]}
              />
            </Panel>
            <Panel title="In it" isFlush>
              {detail.endpoints.length === 0 ? <Empty title="No container is in it" /> : (
                <Table
                  caption={`Containers in ${detail.network.name}`} rows={detail.endpoints} rowKey={(endpoint) => endpoint.container}
                  columns={[
                    { key: "name", title: "Container", isName: true, cell: (endpoint) => <Link to={path`/servers/${server}/containers/${endpoint.container}`}>{endpoint.name}</Link> },
                    { key: "service", title: "Service", cell: (endpoint) => [endpoint.stack, endpoint.service].filter(Boolean).join(" / ") },
                    { key: "ipv4", title: "IPv4", cell: (endpoint) => <span className="mono">{endpoint.ipv4 ?? "–"}</span> },
                    { key: "ipv6", title: "IPv6", cell: (endpoint) => <span className="mono">{endpoint.ipv6 ?? "–"}</span> },
                    { key: "mac", title: "MAC", cell: (endpoint) => <span className="mono">{endpoint.mac ?? "–"}</span> },
                    { key: "acts", title: "Acts", isTitleHidden: true, cell: (endpoint) => <Button refusal={refusal} onClick={() => setLeaving(endpoint)}>Disconnect</Button> },
                  ]}
                />
              )}
              {detail.hidden_endpoints > 0 && <p className="padded muted">{detail.hidden_endpoints} more that you may not see.</p>}
            </Panel>
            {refusal === null && detail.endpoints.length > 1 && <ConnectivityTest server={server} network={network} names={detail.endpoints.map((endpoint) => endpoint.name)} />}
            <MaskedPairs title="Options" pairs={Object.entries(detail.options).map(([name, value]) => ({ name, value, masked: false }))} />
            <MaskedPairs title="Labels" pairs={detail.labels} />
          </div>
        )}
      </Loaded>
      {asked === "connect" && (
        <ConnectDialog
          server={server} taken={live.value?.endpoints.map((endpoint) => endpoint.container) ?? []} onClose={() => setAsked(undefined)}
          onConnect={async (container, aliases) => {
            await call("POST /servers/{server}/networks/{network}/connect", { path: base, body: { container, aliases: aliases.length > 0 ? aliases : undefined } });
            live.reload();
          }}
        />
      )}
      {leaving && (
        <Confirm
          title={`Take ${leaving.name} out of ${shown?.name ?? "it"}?`} act="Disconnect" onClose={() => setLeaving(undefined)}
          onConfirm={async () => {
            await call("POST /servers/{server}/networks/{network}/disconnect", { path: base, body: { container: leaving.container } });
            live.reload();
          }}
        >
          <p>Others in it do not reach it any more. It can be connected again.</p>
        </Confirm>
      )}
      {asked === "remove" && (
        <Confirm
          title={`Remove ${shown?.name ?? "the network"}?`} act="Remove the network" isDangerous onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await call("DELETE /servers/{server}/networks/{network}", { path: base });
            toast(`${shown?.name ?? "The network"} is removed.`);
            go(path`/servers/${server}/networks`);
          }}
        />
      )}
    </Page>
  );
}
