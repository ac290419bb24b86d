import type { Grant } from "../api/schema";
import { useServers } from "../api/servers";
import { useStacks } from "../api/stacks";
import { Button } from "../parts/Button";
import { Checkbox } from "../parts/Checkbox";
import { Select } from "../parts/Select";
import { emptyGrant } from "./grantText";
import "./grants.css";

interface Props {
  grants: readonly Grant[];
  onChange: (grants: Grant[]) => void;
}

/** Roles of a user, each for everything, one server or one stack. */
export function GrantFields({ grants, onChange }: Props) {
  const servers = (useServers().value ?? []).map((server) => server.name);
  const stacks = useStacks().value?.items ?? [];
  const set = (index: number, change: Partial<Grant>) => onChange(grants.map((grant, at) => (at === index ? { ...grant, ...change } : grant)));
  return (
    <div className="stack">
      {grants.map((grant, index) => (
        <fieldset key={index} className="grant">
          <legend>{`Role ${index + 1}`}</legend>
          <div className="toolbar">
            <Select
              label="Role" value={grant.role} onChange={(role) => set(index, { role: role as Grant["role"] })}
              options={[{ value: "viewer", label: "Viewer: sees" }, { value: "operator", label: "Operator: deploys" }, { value: "admin", label: "Admin: all" }]}
            />
            <Select
              label="Server" value={grant.server ?? ""} onChange={(server) => set(index, { server: server || null, stack: null })}
              options={[{ value: "", label: "every server" }, ...servers.map((name) => ({ value: name, label: name }))]}
            />
            <Select
              label="Stack" value={grant.stack ?? ""} disabled={!grant.server} onChange={(stack) => set(index, { stack: stack || null })}
              options={[{ value: "", label: "every stack" }, ...stacks.filter((stack) => stack.server === grant.server).map((stack) => ({ value: stack.name, label: stack.name }))]}
            />
            <Checkbox label="May open shells" isOn={grant.may_exec} onChange={(isOn) => set(index, { may_exec: isOn })} />
            <Checkbox label="May restore and remove data" isOn={grant.may_restore} onChange={(isOn) => set(index, { may_restore: isOn })} />
            <Button kind="quiet" icon="close" iconOnly onClick={() => onChange(grants.filter((_, at) => at !== index))}>{`Leave out role ${index + 1}`}</Button>
          </div>
        </fieldset>
      ))}
      <p className="row"><Button icon="plus" onClick={() => onChange([...grants, emptyGrant])}>Add a role</Button></p>
    </div>
  );
}
