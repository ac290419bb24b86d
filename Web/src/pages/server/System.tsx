import { call } from "../../api/client";
import type { PageProps } from "../../app/routes";
import { may, useSession } from "../../app/session";
import { useLive } from "../../stream/live";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Facts } from "../../parts/Facts";
import { ServerActions } from "./ServerActions";
import { ServerChecks } from "./ServerChecks";
import { ServerPage } from "./ServerPage";
import { SystemFacts } from "./SystemFacts";

/** A server's machine, engine and disks, and the way to it. */
export default function System({ params }: PageProps) {
  const name = params.server ?? "";
  const { session } = useSession();
  const isAdmin = may(session, "admin", { server: name });
  const info = useLive(`server:${name}:info`, (signal) => call("GET /servers/{server}/info", { path: { server: name }, query: { usage: true } }, { signal }), (value, event) => (event.event === "server.link" && event.server === name ? "reload" : value));
  return (
    <ServerPage server={name} name="System" actions={(server) => isAdmin && server.kind !== "local" && <ServerActions server={name} address={server.address} />}>
      {(server) => (
        <>
          <Panel title="Way there">
            <Facts
              facts={[
                ["Kind", server.kind === "local" ? "this machine's engine" : server.kind === "ssh" ? "SSH" : "TCP with certificates"],
                ["Address", server.address && <span className="mono">{server.address}</span>],
                ["Through", server.jumps.join(", ")],
                ["Signs in by", server.login],
                ["Socket", server.socket && <span className="mono">{server.socket}</span>],
                ["Host key", server.fingerprint && <span className="mono">{server.host_key_type} {server.fingerprint}</span>],
                ["Engine", server.engine && `${server.engine}${server.api_version ? `, API ${server.api_version}` : ""}`],
              ]}
            />
          </Panel>
          {!server.jump_only && <Loaded live={info} waitingFor={name}>{(value) => <SystemFacts server={name} info={value} />}</Loaded>}
          <ServerChecks server={name} isAdmin={isAdmin} />
        </>
      )}
    </ServerPage>
  );
}
