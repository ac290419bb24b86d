import { useState } from "react";
import { call } from "../../api/client";
import type { PageProps } from "../../app/routes";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Bytes } from "../../parts/Bytes";
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
import { MaskedPairs } from "./MaskedPairs";

/** One volume: where it lies, who uses it. */
export default function VolumePage({ params }: PageProps) {
  const [server, name] = [params.server ?? "", params.volume ?? ""];
  const { session } = useSession();
  const [isRemoving, setRemoving] = useState(false);
  const live = useLive(
    `server:${server}:volume:${name}`, (signal) => call("GET /servers/{server}/volumes/{volume}", { path: { server, volume: name } }, { signal }),
    (value, event) => (event.server === server && event.event.startsWith("container.") ? "reload" : value),
  );
  const volume = live.value?.volume;
  const mayRemove = session.grants.some((grant) => grant.role === "admin" || grant.may_restore) && may(session, "operator", { server, stack: volume?.stack });
  return (
    <Page
      title={name} crumbs={[{ to: "/servers", text: "Servers" }, { to: path`/servers/${server}`, text: server }, { to: path`/servers/${server}/volumes`, text: "Volumes" }]}
      mark={volume?.orphan && <Badge tone="warn">orphan</Badge>}
      actions={mayRemove && <Button kind="danger" icon="trash" refusal={volume?.in_use ? "a container uses it" : null} onClick={() => setRemoving(true)}>Remove…</Button>}
    >
      <Loaded live={live} waitingFor={server}>
        {(detail) => (
          <div className="stack">
            <Panel title="Volume">
              <Facts
                facts={[
                  ["Server", <Link to={path`/servers/${server}`}>{server}</Link>], ["Stack", detail.volume.stack && <Link to={path`/stacks/${detail.volume.stack}@${server}`}>{detail.volume.stack}</Link>],
                  ["Size", <Bytes value={detail.volume.size_bytes} />], ["Driver", detail.volume.driver], ["Scope", detail.volume.scope],
                  ["Lies in", <span className="mono">{detail.mountpoint}</span>], ["Made", detail.volume.created_at && <Time at={detail.volume.created_at} />],
                ]}
              />
            </Panel>
            <Panel title="Used by" isFlush>
              {detail.volume.users.length === 0 ? <Empty title="No container uses it" /> : (
                <Table
                  caption={`Containers that use ${name}`} rows={detail.volume.users} rowKey={(user) => `${user.container} ${user.target}`}
                  columns={[
                    { key: "name", title: "Container", isName: true, cell: (user) => <Link to={path`/servers/${server}/containers/${user.container}`}>{user.name}</Link> },
                    { key: "service", title: "Service", cell: (user) => [user.stack, user.service].filter(Boolean).join(" / ") },
                    { key: "target", title: "Mounted at", cell: (user) => <span className="mono">{user.target}</span> },
                    { key: "way", title: "May", cell: (user) => (user.writable ? "read and write" : "read") },
                    { key: "running", title: "Runs", cell: (user) => (user.running ? "yes" : "no") },
                  ]}
                />
              )}
            </Panel>
            <MaskedPairs title="Options" pairs={detail.options} />
            <MaskedPairs title="Labels" pairs={detail.labels} />
          </div>
        )}
      </Loaded>
      {isRemoving && (
        <Confirm
          title={`Remove ${name} with its data?`} act={`Remove ${name}`} isDangerous typed={name} onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await call("DELETE /servers/{server}/volumes/{volume}", { path: { server, volume: name } });
            toast(`${name} is removed.`);
            go(path`/servers/${server}/volumes`);
          }}
        >
          <p>What is in it is lost for good.</p>
        </Confirm>
      )}
    </Page>
  );
}
