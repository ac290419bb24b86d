import { call } from "../../api/client";
import type { PageProps } from "../../app/routes";
import { Badge } from "../../parts/Badge";
import { Elapsed } from "../../parts/Elapsed";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { bytesText } from "../../parts/format";
import { useLive } from "../../stream/live";
import { SettingsPage } from "../settings/SettingsPage";

/** What this server is, and what it is made of. */
export default function About(_: PageProps) {
  const live = useLive("system", (signal) => call("GET /system", undefined, { signal }));
  return (
    <SettingsPage tab="about" name="About">
      <div className="stack">
        <Loaded live={live}>
          {(system) => (
            <Panel title={system.title}>
              <Facts
                facts={[
                  ["Version", system.version], ["Runs since", <Elapsed from={system.started_at} />],
                  ["Store", <><Badge tone={system.store.condition === "sound" ? "ok" : "danger"}>{system.store.condition}</Badge> {bytesText(system.store.size_bytes)} {system.store.message}</>],
                  ["Disk", system.disk && `${bytesText(system.disk.free_bytes)} of ${bytesText(system.disk.size_bytes)} free in ${system.disk.path}`],
                  ["Memory", bytesText(system.memory_bytes)], ["Servers", `${system.servers_up} of ${system.servers} up`],
                  ["Operations", `${system.operations_running} running, ${system.operations_waiting} waiting`], ["Live sockets", system.sockets],
                ]}
              />
            </Panel>
          )}
        </Loaded>
        <Panel title="More">
          <ul>
            <li><a href="/api/docs">Reference of the API</a></li>
            <li><a href="/licences.txt">Licences of the libraries of this page</a></li>
          </ul>
        </Panel>
      </div>
    </SettingsPage>
  );
}
