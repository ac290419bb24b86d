import { useMemo, useState } from "react";
import { call } from "../../api/client";
import type { Stack } from "../../api/schema";
import { useSecrets } from "../../api/secrets";
import { lazyPage } from "../../app/lazyPage";
import { path, go } from "../../app/router";
import { may, useSession } from "../../app/session";
import { fileAt } from "../../editor/draft";
import { LeaveGuard } from "../../editor/LeaveGuard";
import { useDraft } from "../../editor/useDraft";
import { usePageKeys } from "../../editor/usePageKeys";
import { keepDraft } from "../../editor/keepDraft";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { FilterBox } from "../../parts/FilterBox";
import { LinkButton } from "../../parts/LinkButton";
import { Menu } from "../../parts/Menu";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { Table } from "../../parts/Table";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";
import { variablesTable, withVariable, type Variable } from "./environment";

const SecretValue = lazyPage(() => import("./SecretValue"));
const VariableDialog = lazyPage(() => import("./VariableDialog"));

type Asked = { act: "set" | "seal" | "remove" | "reveal"; name: string; value: string } | null;

/** Name, value, source and use of each variable; plain ones go into the draft of `.env`, secret ones are sealed at once. */
export function VariableTable({ stack }: { stack: Stack }) {
  const { session } = useSession();
  const { store, state, isChanged } = useDraft(stack.id);
  const secrets = useSecrets(stack.id);
  const [filter, setFilter] = useState("");
  const [asked, setAsked] = useState<Asked>(null);
  const scope = { server: stack.server, stack: stack.name };
  const refusal = may(session, "operator", scope) ? null : "needs operator";
  const rows = useMemo(() => variablesTable(state.draft, Object.keys(secrets.value ?? {})), [state.draft, secrets.value]);
  const shown = rows.filter((row) => row.name.toLowerCase().includes(filter.toLowerCase()));
  const save = useAction(async () => {
    await store.save();
    toast("Saved. Nothing is deployed by that.");
  });
  const plan = () => {
    if (refusal === null) go(path`/stacks/${stack.id}/plan`);
  };
  usePageKeys({ save: () => { if (refusal === null && isChanged) void keepDraft(store); } });
  if (state.listing === undefined) return state.problem ? <ProblemNote problem={state.problem} retry={() => void store.load()} /> : <Skeleton lines={8} />;

  const put = (name: string, value: string | null) => store.edit(".env", withVariable(fileAt(state.draft, ".env")?.text ?? "", name, value));
  const unset = rows.filter((row) => row.isUnset);
  return (
    <div className="stack">
      {unset.length > 0 && <Note kind="warn" title={`Asked for and not set: ${unset.map((row) => row.name).join(", ")}.`} />}
      {state.isMasked && <Note title="Values are shown as dots to those who may not edit the stack." />}
      {save.problem && <ProblemNote title="Not saved" problem={save.problem} />}
      {secrets.problem && <ProblemNote problem={secrets.problem} retry={secrets.reload} />}
      <Panel
        title="Variables" isFlush
        actions={
          <>
            <FilterBox label="Filter variables" value={filter} onChange={setFilter} />
            <LinkButton to={path`/stacks/${stack.id}/compose` + "?file=.env"} icon="edit">Edit .env</LinkButton>
            <Button icon="plus" refusal={refusal} onClick={() => setAsked({ act: "set", name: "", value: "" })}>Add</Button>
            <Button refusal={refusal ?? (isChanged ? null : "all is saved")} isBusy={state.isSaving} onClick={() => void save.run()}>Save</Button>
            <Button kind="main" icon="deploy" refusal={refusal} onClick={plan} aria-keyshortcuts="Control+Enter">Plan</Button>
          </>
        }
      >
        {shown.length === 0 ? (
          <Empty title={rows.length === 0 ? "No variables" : "No variable fits the filter"} action={rows.length > 0 && <Button onClick={() => setFilter("")}>Clear</Button>}>
            {rows.length === 0 && "Compose files ask for them as ${NAME}; .env sets them, and secrets are kept sealed."}
          </Empty>
        ) : (
          <Table
            caption={`Variables of ${stack.id}`} rows={shown} rowKey={(row) => row.name}
            columns={[
              { key: "name", title: "Name", isName: true, cell: (row) => <span className="mono">{row.name}</span> },
              { key: "value", title: "Value", cell: (row) => <Value row={row} /> },
              { key: "source", title: "Source", cell: (row) => (row.source === null ? <span className="muted">none</span> : <span className="mono">{row.source}</span>) },
              { key: "used", title: "Used by", cell: (row) => (row.usedBy.length === 0 ? <Badge>unused</Badge> : <span className="mono small">{row.usedBy.join(", ")}</span>) },
              {
                key: "acts", title: "Acts", isTitleHidden: true,
                cell: (row) => (
                  <Menu
                    name={`Acts for ${row.name}`}
                    items={[
                      ...(row.isSecret ? [] : [{ text: "Set…", icon: "edit" as const, refusal, onChoose: () => setAsked({ act: "set", name: row.name, value: row.value ?? "" }) }]),
                      { text: row.isSecret ? "Replace the secret…" : "Keep as a secret…", icon: "key", refusal, onChoose: () => setAsked({ act: "seal", name: row.name, value: "" }) },
                      ...(row.isSecret && may(session, "admin", scope) ? [{ text: "Show the secret…", icon: "eye" as const, onChoose: () => setAsked({ act: "reveal", name: row.name, value: "" }) }] : []),
                      ...(row.source === null ? [] : [{ text: "Remove…", icon: "trash" as const, isDangerous: true, refusal, onChoose: () => setAsked({ act: "remove", name: row.name, value: "" }) }]),
                    ]}
                  />
                ),
              },
            ]}
          />
        )}
      </Panel>
      <LeaveGuard store={store} isChanged={isChanged} />
      {(asked?.act === "set" || asked?.act === "seal") && (
        <VariableDialog
          name={asked.name} value={asked.value} isSecret={asked.act === "seal"} onClose={() => setAsked(null)}
          onSet={async (name, value, isSecret) => {
            if (!isSecret) return put(name, value);
            await call("PUT /stacks/{stack}/secrets/{name}", { path: { stack: stack.id, name }, body: { value } });
            if (rows.some((row) => row.name === name && row.value !== null)) put(name, null);
            secrets.reload();
            toast(`${name} is sealed.`);
          }}
        />
      )}
      {asked?.act === "reveal" && <SecretValue stack={stack.id} name={asked.name} onClose={() => setAsked(null)} />}
      {asked?.act === "remove" && (
        <Confirm
          title={`Remove ${asked.name}?`} act={`Remove ${asked.name}`} isDangerous onClose={() => setAsked(null)}
          onConfirm={async () => {
            if (!rows.some((row) => row.name === asked.name && row.isSecret)) return put(asked.name, null);
            await call("DELETE /stacks/{stack}/secrets/{name}", { path: { stack: stack.id, name: asked.name } });
            secrets.reload();
          }}
        >
          <p>What runs keeps it until the next deploy.</p>
        </Confirm>
      )}
    </div>
  );
}

function Value({ row }: { row: Variable }) {
  if (row.isSecret) return <span className="muted">••• secret</span>;
  if (row.value !== null) return <span className="mono">{row.value}</span>;
  return row.isUnset ? <Badge tone="warn">not set</Badge> : <span className="muted">default of the files</span>;
}
