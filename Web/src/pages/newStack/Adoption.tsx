import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { useServers } from "../../api/servers";
import type { AdoptableProject } from "../../api/schema";
import { useStacks } from "../../api/stacks";
import { go, setQuery, useQuery } from "../../app/router";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { Select } from "../../parts/Select";
import { Table } from "../../parts/Table";
import { useLive } from "../../stream/live";

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

function AdoptDialog({ project, server, onClose }: { project: AdoptableProject; server: string; onClose: () => void }) {
  const isKept = (useStacks().value?.items ?? []).some((stack) => stack.managed && stack.name === project.name && stack.server === server);
  const [prefer, setPrefer] = useState<"" | "running" | "files">("");
  const [takeOver, setTakeOver] = useState(project.deployed_by_slipway);
  async function adopt(): Promise<void> {
    const operation = await call(
      "POST /stacks/{stack}/adopt", { path: { stack: `${project.name}@${server}` }, body: { prefer: prefer === "" ? undefined : prefer, take_over: takeOver || undefined } },
      { idempotencyKey: idempotencyKey() },
    );
    go(`/operations/${operation.id}`);
  }
  return (
    <Confirm title={`Adopt ${project.name}?`} act={`Adopt ${project.name}`} onConfirm={adopt} onClose={onClose}>
      <p>Its containers go on as they are: nothing is recreated, restarted or labelled. What runs becomes its first revision here.</p>
      {project.several_origins && <Note kind="warn" title="Its containers were made from different files or folders." />}
      {isKept && (
        <Select
          label="Where the files that are kept here say something else" value={prefer} onChange={(value) => setPrefer(value as typeof prefer)}
          options={[{ value: "", label: "Stop and tell me" }, { value: "running", label: "Keep what runs" }, { value: "files", label: "Take the files" }]}
        />
      )}
      {project.deployed_by_slipway && <Note kind="warn" title="Another Slipway deployed it. From then on this one does." />}
      <Checkbox label="Also when another Slipway deployed it" isOn={takeOver} onChange={setTakeOver} />
    </Confirm>
  );
}
