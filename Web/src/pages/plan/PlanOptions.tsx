import { Checkbox } from "../../parts/Checkbox";
import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import type { DeployOptions, Intent } from "../../plan/intent";

interface Props {
  intent: Intent;
  options: DeployOptions;
  onChange: (options: DeployOptions) => void;
}

/** How it is to be done; closed, since the usual is right most of the time. */
export function PlanOptions({ intent, options, onChange }: Props) {
  const set = (change: Partial<DeployOptions>) => onChange({ ...options, ...change });
  return (
    <details className="panel plan-options">
      <summary>Options</summary>
      {intent.kind === "deploy" && (
        <>
          <Select
            label="Pull images" value={options.pull} onChange={(pull) => set({ pull: pull as DeployOptions["pull"] })}
            options={[
              { value: "", label: "As the files say" }, { value: "always", label: "Always" }, { value: "missing", label: "Only what is missing" },
              { value: "never", label: "Never" },
            ]}
          />
          <Checkbox label="Recreate all containers" isOn={options.recreate} onChange={(recreate) => set({ recreate })} />
          <Checkbox label="Build images first" isOn={options.build} onChange={(build) => set({ build })} />
        </>
      )}
      {intent.kind === "rollback" && (
        <Checkbox label="Bring mounted files back too" hint="What they replace is kept aside." isOn={options.restoreFiles} onChange={(restoreFiles) => set({ restoreFiles })} />
      )}
      <Checkbox label="Remove containers of services that the files do not have" isOn={options.removeOrphans} onChange={(removeOrphans) => set({ removeOrphans })} />
      <Checkbox label="When it fails, bring back what ran" isOn={options.rollback} onChange={(rollback) => set({ rollback })} />
      <Field
        label="Longest wait for health, seconds" type="number" min={0} inputMode="numeric" placeholder="as the server does" value={options.timeoutSeconds === null ? "" : String(options.timeoutSeconds)}
        onChange={(text) => set({ timeoutSeconds: text === "" ? null : Math.max(0, Math.floor(Number(text))) })}
      />
    </details>
  );
}
