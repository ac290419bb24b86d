import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { CallProblem } from "../../api/problem";
import type { GitSource, Operation, Stack } from "../../api/schema";
import { isOfStack } from "../../api/stacks";
import { go } from "../../app/router";
import { GitFields } from "../../git/GitFields";
import { emptySource, sourceBody, sourceRefusal } from "../../git/gitSource";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Dialog } from "../../parts/Dialog";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Time } from "../../parts/Time";
import { durationText } from "../../parts/format";
import { useAction } from "../../parts/useAction";
import { useLive } from "../../stream/live";

/** Where the files come from: this server, or a Git repository. */
export function RepositoryPanel({ stack, refusal }: { stack: Stack; refusal: string | null }) {
  const live = useLive(`stack:${stack.id}:source`, (signal) => sourceOf(stack.id, signal), (value, event) => (isOfStack(event, stack.id) && event.event === "stack.files" ? "reload" : value));
  const [asked, setAsked] = useState<"edit" | "detach">();
  const path = { stack: stack.id };
  const follow = (operation: Operation) => go(`/operations/${operation.id}`);
  const sync = useAction(async (deploy: boolean) => follow(await call("POST /stacks/{stack}/source/sync", { path, body: { deploy } }, { idempotencyKey: idempotencyKey() })));
  return (
    <Panel title="Files from">
      {sync.problem && <ProblemNote problem={sync.problem} />}
      <Loaded live={live}>
        {({ source }) =>
          source === null ? (
            <>
              <p>This server keeps them, and they are edited here.</p>
              <p className="row"><Button icon="branch" refusal={refusal} onClick={() => setAsked("edit")}>Take them from Git…</Button></p>
            </>
          ) : (
            <>
              <Facts
                facts={[
                  ["Repository", <span className="mono">{source.url}</span>], ["Branch, tag or commit", <span className="mono">{source.ref}</span>],
                  ["Folder", source.path && <span className="mono">{source.path}</span>], ["Commit", source.commit && <span className="mono">{source.commit}</span>],
                  ["Looked at", source.interval_seconds == null ? "when asked" : `every ${durationText(source.interval_seconds * 1000)}`],
                  ["Token", source.token_set ? <>stored{source.token_updated_at && <> <Time at={source.token_updated_at} /></>}</> : "none"],
                ]}
              />
              <p className="row">
                <Button refusal={refusal} isBusy={sync.isBusy} onClick={() => void sync.run(false)}>Fetch now</Button>
                <Button refusal={refusal} isBusy={sync.isBusy} icon="deploy" onClick={() => void sync.run(true)}>Fetch and deploy</Button>
                <Button refusal={refusal} icon="edit" onClick={() => setAsked("edit")}>Change…</Button>
                <Button refusal={refusal} onClick={() => setAsked("detach")}>Keep the files here…</Button>
              </p>
            </>
          )
        }
      </Loaded>
      {asked === "edit" && (
        <SourceDialog
          source={live.value?.source ?? null} onClose={() => setAsked(undefined)}
          onSend={async (body) => follow(await call("PUT /stacks/{stack}/source", { path, body }))}
        />
      )}
      {asked === "detach" && (
        <Confirm
          title="Keep the files here from now on?" act="Keep them here" onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await call("DELETE /stacks/{stack}/source", { path });
            live.reload();
          }}
        >
          <p>They stay as they are, and are not fetched any more.</p>
        </Confirm>
      )}
    </Panel>
  );
}

/** 409 says that there is none. */
async function sourceOf(stack: string, signal: AbortSignal): Promise<{ source: GitSource | null }> {
  try {
    return { source: await call("GET /stacks/{stack}/source", { path: { stack } }, { signal }) };
  } catch (error) {
    if (error instanceof CallProblem && error.code === "no_repository") return { source: null };
    throw error;
  }
}

interface SourceDialogProps {
  source: GitSource | null;
  onSend: (body: ReturnType<typeof sourceBody>) => Promise<void>;
  onClose: () => void;
}

function SourceDialog({ source, onSend, onClose }: SourceDialogProps) {
  const [form, setForm] = useState(() =>
    source === null ? emptySource : { ...emptySource, url: source.url, ref: source.ref, path: source.path, intervalSeconds: String(source.interval_seconds ?? ""), tokenUser: source.token_user ?? "" },
  );
  const send = useAction(() => onSend(sourceBody(form)));
  return (
    <Dialog
      title="Files from Git" onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" isBusy={send.isBusy} refusal={sourceRefusal(form)} onClick={() => void send.run()}>Fetch the files</Button>
        </>
      }
    >
      <GitFields source={form} onChange={setForm} hasToken={source?.token_set ?? false} />
      {source === null && <p className="muted">The files that are here now are replaced by those of the repository.</p>}
      {send.problem && <ProblemNote problem={send.problem} />}
    </Dialog>
  );
}
