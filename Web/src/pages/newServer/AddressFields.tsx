import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import type { ServerForm } from "./serverForm";

interface Props {
  form: ServerForm;
  /** Servers that can stand in between. */
  others: readonly string[];
  onChange: (form: ServerForm) => void;
}

/** What it is called, and where it is. */
export function AddressFields({ form, others, onChange }: Props) {
  const set = (change: Partial<ServerForm>) => onChange({ ...form, ...change });
  const isSSH = form.kind === "ssh";
  return (
    <div className="form">
      <Select
        label="Reached by" value={form.kind} onChange={(kind) => set({ kind: kind as ServerForm["kind"] })}
        options={[{ value: "ssh", label: "SSH: nothing else is needed there" }, { value: "tls", label: "TCP with certificates" }]}
      />
      <Field label="Name" required value={form.name} onChange={(name) => set({ name })} readOnly={form.replaces} maxLength={63} placeholder="nas" autoComplete="off" hint="Lower-case letters, digits, - and _." />
      <Field label="Address" required value={form.address} onChange={(address) => set({ address })} placeholder={isSSH ? "ssh://deploy@nas.example:22" : "tcp://nas.example:2376"} autoComplete="off" />
      {isSSH && (
        <>
          <Select label="Through" value={form.jump} options={[{ value: "", label: "directly" }, ...others.map((name) => ({ value: name, label: name }))]} onChange={(jump) => set({ jump })} />
          <Field label="Socket of the engine there" value={form.socket} onChange={(socket) => set({ socket })} placeholder="/var/run/docker.sock" autoComplete="off" />
        </>
      )}
    </div>
  );
}
