import { useState, type FormEvent } from "react";
import { call } from "../../api/client";
import type { ContainerDetail, Resources } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { bytesText } from "../../parts/format";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";

const MEBIBYTE = 2 ** 20;
const RESTARTS = ["no", "always", "unless-stopped", "on-failure"].map((value) => ({ value, label: value }));

/** What a container may use; changes apply at once and last until it is made anew. */
export function Limits({ detail, server, refusal }: { detail: ContainerDetail; server: string; refusal: string | null }) {
  const { resources } = detail;
  const [cpus, setCpus] = useState(resources.cpus ? String(resources.cpus) : "");
  const [memory, setMemory] = useState(resources.memory_bytes ? String(Math.round(resources.memory_bytes / MEBIBYTE)) : "");
  const [pids, setPids] = useState(resources.pids && resources.pids > 0 ? String(resources.pids) : "");
  const [restart, setRestart] = useState(resources.restart || "no");
  const save = useAction(async () => {
    const body: Resources = {};
    if (cpus && Number(cpus) !== resources.cpus) body.cpus = Number(cpus);
    const bytes = Math.round(Number(memory) * MEBIBYTE);
    if (memory && bytes !== resources.memory_bytes) body.memory_bytes = bytes;
    if (pids && Number(pids) !== resources.pids) body.pids = Number(pids);
    if (restart !== resources.restart) body.restart = restart as Resources["restart"];
    await call("PATCH /servers/{server}/containers/{container}/resources", { path: { server, container: detail.container.id }, body });
    toast("The limits apply now.");
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    void save.run();
  }
  return (
    <form className="form" onSubmit={submit}>
      <Field label="Processors" type="number" min="0.01" step="0.01" value={cpus} onChange={setCpus} placeholder="no limit" />
      <Field
        label="Memory in MiB" type="number" min="6" step="1" value={memory} onChange={setMemory} placeholder="no limit"
        hint={resources.memory_bytes ? `now ${bytesText(resources.memory_bytes)}` : "A limit cannot be taken away in place."}
      />
      <Field label="Processes" type="number" min="1" step="1" value={pids} onChange={setPids} placeholder="no limit" />
      <Select label="Restart" value={restart} options={RESTARTS} onChange={setRestart} />
      <p className="small muted">They apply at once, and until the container is made anew: what is to stay belongs into the files of the stack.</p>
      {save.problem && <ProblemNote problem={save.problem} />}
      <div className="row"><Button type="submit" kind="main" refusal={refusal} isBusy={save.isBusy}>Apply</Button></div>
    </form>
  );
}
