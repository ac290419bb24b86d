import { useState } from "react";
import { call } from "../../api/client";
import type { PolicyException, Stack } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useLive } from "../../stream/live";
import { ExceptionDialog } from "./ExceptionDialog";

/** How strict the policy is for the stack, and what it lets through all the same. */
export function PolicyPanel({ stack, isAdmin }: { stack: Stack; isAdmin: boolean }) {
  const live = useLive(`stack:${stack.id}:policy`, (signal) => call("GET /stacks/{stack}/policy", { path: { stack: stack.id } }, { signal }));
  const [isGranting, setGranting] = useState(false);
  const [taken, setTaken] = useState<PolicyException>();
  const path = { stack: stack.id };
  return (
    <Panel title="Policy" isFlush actions={isAdmin && <Button icon="plus" onClick={() => setGranting(true)}>Grant an exception</Button>}>
      <Loaded live={live}>
        {(policy) => (
          <>
            <div className="padded"><Facts facts={[["Level of the server", policy.level]]} /></div>
            {policy.exceptions.length === 0 ? (
              <Empty title="No exceptions" />
            ) : (
              <Table
                caption={`Policy exceptions of ${stack.id}`} rows={policy.exceptions} rowKey={(exception) => exception.id}
                columns={[
                  { key: "rule", title: "Rule", isName: true, cell: (exception) => exception.rule },
                  { key: "reason", title: "Reason", cell: (exception) => exception.reason },
                  { key: "what", title: "Lets through", cell: (exception) => (exception.findings == null ? "all that the rule finds" : exception.findings.join("; ")) },
                  { key: "by", title: "Granted", cell: (exception) => <>{exception.granted_by}, <Time at={exception.granted_at} /></> },
                  { key: "until", title: "Ends", cell: (exception) => <Time at={exception.expires_at} /> },
                  { key: "acts", title: "Acts", isTitleHidden: true, cell: (exception) => isAdmin && <Button onClick={() => setTaken(exception)}>Take back</Button> },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
      {isGranting && (
        <ExceptionDialog
          onClose={() => setGranting(false)}
          onGrant={async (exception) => {
            await call("POST /stacks/{stack}/policy/exceptions", { path, body: exception });
            live.reload();
          }}
        />
      )}
      {taken && (
        <Confirm
          title={`Take back the exception for ${taken.rule}?`} act="Take it back" onClose={() => setTaken(undefined)}
          onConfirm={async () => {
            await call("DELETE /stacks/{stack}/policy/exceptions/{id}", { path: { ...path, id: taken.id } });
            live.reload();
          }}
        >
          <p>What runs goes on. The rule counts again at the next deploy.</p>
        </Confirm>
      )}
    </Panel>
  );
}
