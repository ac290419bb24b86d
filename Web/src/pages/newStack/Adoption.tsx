import { useState } from "react";
import { call } from "../../api/client";
import { useServers } from "../../api/servers";
import type { AdoptableProject } from "../../api/schema";
import { setQuery, useQuery } from "../../app/router";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Select } from "../../parts/Select";
import { Table } from "../../parts/Table";
import { useLive } from "../../stream/live";
import { AdoptDialog } from "./AdoptDialog";

/** Compose projects that run already, and taking one over in place. */
export default function Adoption() {
  const query = useQuery();
  const [wanted, wantedServer] = (query.get("adopt") ?? "").split("@");
  const servers = (useServers().value ?? []).filter((server) => !server.jump_only).map((server) => server.name);
  const server = query.get("server") ?? wantedServer ?? servers[0] ?? "local";
  const live = useLive(
    `projects:${server}`, async (signal) => (await call("GET /servers/{server}/projects", { path: { server } }, { signal })).items,
    (value, event) => (event.server === server && (event.event === "container.changed" || event.event === "container.removed" || event.event === "operation.changed") ? "reload" : value),
  );
  const [chosen, setChosen] = useState<AdoptableProject>();
  return (
    <Panel
      title="Compose projects" isFlush
      actions={<Select label="Server" isLabelHidden value={server} options={[...new Set([server, ...servers])].map((name) => ({ value: name, label: name }))} onChange={(name) => setQuery({ server: name, adopt: null, from: "adopt" })} />}
    >
      <Loaded live={live} waitingFor={server}>
        {(projects) =>
          projects.length === 0 ? (
            <Empty title={`No Compose project has containers on ${server}`} />
          ) : (
            <Table
              caption={`Compose projects on ${server}`} rows={projects} rowKey={(project) => project.name} isSelected={(project) => project.name === wanted}
              columns={[
                { key: "name", title: "Project", isName: true, cell: (project) => project.name },
                { key: "services", title: "Services", cell: (project) => project.services.join(", ") },
                { key: "states", title: "Containers", cell: (project) => Object.entries(project.states).map(([state, amount]) => `${amount} ${state}`).join(", ") },
                { key: "files", title: "Files", cell: (project) => <span className="mono">{project.config_files.join(", ") || "unknown"}</span> },
                {
                  key: "act", title: "Adopt", isTitleHidden: true,
                  cell: (project) =>
                    project.revision != null ? <Badge>{`revision ${project.revision} is here`}</Badge> : <Button onClick={() => setChosen(project)}>Adopt</Button>,
                },
              ]}
            />
          )
        }
      </Loaded>
      {chosen && <AdoptDialog project={chosen} server={server} onClose={() => setChosen(undefined)} />}
    </Panel>
  );
}
