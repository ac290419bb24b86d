import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import type { Stack, Webhook } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Menu } from "../../parts/Menu";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useAction } from "../../parts/useAction";
import { useLive } from "../../stream/live";

/** Addresses that other programs call to deploy or update the stack. */
export function WebhooksPanel({ stack }: { stack: Stack }) {
  const path = { stack: stack.id };
  const live = useLive(`stack:${stack.id}:webhooks`, async (signal) => (await call("GET /stacks/{stack}/webhooks", { path }, { signal })).items);
  const [made, setMade] = useState<Webhook>();
  const [removed, setRemoved] = useState<Webhook>();
  const make = useAction(async (action: Webhook["action"]) => {
    setMade(await call("POST /stacks/{stack}/webhooks", { path, body: { action } }, { idempotencyKey: idempotencyKey() }));
    live.reload();
  });
  return (
    <Panel
      title="Webhooks" isFlush
      actions={
        <Menu
          name="New webhook" isNamed icon="plus"
          items={[{ text: "That deploys", onChoose: () => void make.run("deploy") }, { text: "That pulls, then deploys", onChoose: () => void make.run("update") }]}
        />
      }
    >
      {make.problem && <ProblemNote problem={make.problem} />}
      <Loaded live={live}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <Empty title="No webhooks">A registry or a build calls one when there is something new. Each call is signed with the webhook's secret.</Empty>
          ) : (
            <Table
              caption={`Webhooks of ${stack.id}`} rows={webhooks} rowKey={(webhook) => webhook.id}
              columns={[
                { key: "path", title: "Address", isName: true, cell: (webhook) => <span className="mono">{webhook.path}</span> },
                { key: "action", title: "Does", cell: (webhook) => (webhook.action === "deploy" ? "deploys" : "pulls, then deploys") },
                { key: "by", title: "Made", cell: (webhook) => <>{webhook.created_by}, <Time at={webhook.created_at} /></> },
                { key: "used", title: "Last called", cell: (webhook) => (webhook.last_used_at == null ? <span className="muted">never</span> : <Time at={webhook.last_used_at} />) },
                { key: "acts", title: "Acts", isTitleHidden: true, cell: (webhook) => <Button onClick={() => setRemoved(webhook)}>Remove</Button> },
              ]}
            />
          )
        }
      </Loaded>
      {made && (
        <Dialog title="The new webhook" onClose={() => setMade(undefined)}>
          <p>Its secret is shown this once. Keep it where the caller signs with it.</p>
          <p className="row"><code>{location.origin + made.path}</code> <CopyButton text={location.origin + made.path} name="Copy the address" /></p>
          {made.secret && <p className="row"><code>{made.secret}</code> <CopyButton text={made.secret} name="Copy the secret" /></p>}
        </Dialog>
      )}
      {removed && (
        <Confirm
          title="Remove the webhook?" act="Remove it" isDangerous onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            await call("DELETE /stacks/{stack}/webhooks/{id}", { path: { ...path, id: removed.id } });
            live.reload();
          }}
        >
          <p>Whoever calls <code>{removed.path}</code> is refused from then on.</p>
        </Confirm>
      )}
    </Panel>
  );
}
