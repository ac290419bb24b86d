import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import type { Stack } from "../../api/schema";
import { useOfferActions } from "../../app/pageActions";
import { go, path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Dialog } from "../../parts/Dialog";
import { LinkButton } from "../../parts/LinkButton";
import { Menu } from "../../parts/Menu";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { isPast } from "../stacks/stackView";
import { DeleteStack } from "./DeleteStack";
import { TakeDown } from "./TakeDown";

type Asked = "restart" | "stop" | "down" | "delete";

/** What can be done with a stack: one click where it has a way back, a question where not. */
export function StackActions({ stack }: { stack: Stack }) {
  const { session } = useSession();
  const [asked, setAsked] = useState<Asked>();
  const refusal = may(session, "operator", { server: stack.server, stack: stack.name }) ? refusalOf(stack) : "needs operator";
  const isAdmin = may(session, "admin", { server: stack.server, stack: stack.name });
  const ids = { path: { stack: stack.id } };
  async function control(act: "start" | "stop" | "restart"): Promise<void> {
    const operation = await call(`POST /stacks/{stack}/${act}` as "POST /stacks/{stack}/stop", { ...ids, body: {} }, { idempotencyKey: idempotencyKey() });
    go(`/operations/${operation.id}`);
  }
  const start = useAction(() => control("start"));
  const pull = useAction(async () => {
    const operation = await call("POST /stacks/{stack}/pull", { ...ids, body: {} }, { idempotencyKey: idempotencyKey() });
    go(`/operations/${operation.id}`);
  });
  const failed = start.problem ? start : pull.problem ? pull : undefined;
  useOfferActions([
    ...(stack.managed ? [{ text: `Deploy ${stack.id}`, icon: "deploy" as const, act: () => go(path`/stacks/${stack.id}/plan`) }] : []),
    ...(stack.containers > 0 && !refusal
      ? [
          { text: `Restart ${stack.id}`, icon: "restart" as const, act: () => setAsked("restart") },
          { text: `Stop ${stack.id}`, icon: "stop" as const, act: () => setAsked("stop") },
        ]
      : []),
  ]);
  const close = () => setAsked(undefined);
  return (
    <>
      {stack.managed && <LinkButton kind="main" icon="deploy" to={path`/stacks/${stack.id}/plan`}>Deploy</LinkButton>}
      {stack.containers > 0 && <Button icon="restart" refusal={refusal} onClick={() => setAsked("restart")}>Restart</Button>}
      {stack.running > 0 ? (
        <Button icon="stop" refusal={refusal} onClick={() => setAsked("stop")}>Stop</Button>
      ) : (
        stack.containers > 0 && <Button icon="start" refusal={refusal} isBusy={start.isBusy} onClick={() => void start.run()}>Start</Button>
      )}
      {!isPast(stack) && <Menu
        name={`More for ${stack.name}`}
        items={[
          ...(stack.managed
            ? [{ text: "Pull images", icon: "download" as const, refusal, onChoose: () => void pull.run() }]
            : [{ text: "Adopt", icon: "plus" as const, refusal, onChoose: () => go(`/stacks/new?adopt=${encodeURIComponent(stack.id)}`) }]),
          { text: "Take down…", icon: "stop" as const, refusal: refusal ?? (stack.containers === 0 ? "it is down" : null), onChoose: () => setAsked("down") },
          ...(stack.managed && isAdmin ? [{ text: "Delete…", icon: "trash" as const, isDangerous: true, onChoose: () => setAsked("delete") }] : []),
        ]}
      />}
      {asked === "restart" && (
        <Confirm title={`Restart ${stack.id}?`} act={`Restart ${stack.name}`} onConfirm={() => control("restart")} onClose={close}>
          <p>Its containers stop and start again, one service after the other.</p>
        </Confirm>
      )}
      {asked === "stop" && (
        <Confirm title={`Stop ${stack.id}?`} act={`Stop ${stack.name}`} onConfirm={() => control("stop")} onClose={close}>
          <p>{stack.running} of its containers run now. They stay, and can be started again.</p>
        </Confirm>
      )}
      {failed?.problem && (
        <Dialog title={`${stack.id} is as it was`} onClose={failed.clear}>
          <ProblemNote problem={failed.problem} retry={() => void failed.run()} />
        </Dialog>
      )}
      {asked === "down" && <TakeDown stack={stack} onClose={close} />}
      {asked === "delete" && <DeleteStack stack={stack} onClose={close} />}
    </>
  );
}

function refusalOf(stack: Stack): string | null {
  if (!stack.reachable) return `${stack.server} cannot be reached`;
  if (stack.busy) return `busy: ${stack.busy}`;
  return null;
}
