import { call, idempotencyKey } from "../../api/client";
import type { Stack } from "../../api/schema";
import { go } from "../../app/router";
import { Confirm } from "../../parts/Confirm";
import { toast } from "../../parts/toasts";

export type SeveralAct = "restart" | "stop" | "pull";

const WORDS: Record<SeveralAct, string> = { restart: "Restart", stop: "Stop", pull: "Pull the images of" };

/** One act on several stacks: an operation for each. */
export function SeveralStacks({ act, stacks, onDone, onClose }: { act: SeveralAct; stacks: Stack[]; onDone: () => void; onClose: () => void }) {
  async function begin(): Promise<void> {
    const name = `POST /stacks/{stack}/${act}` as "POST /stacks/{stack}/stop";
    const refused: unknown[] = [];
    for (const stack of stacks) {
      await call(name, { path: { stack: stack.id }, body: {} }, { idempotencyKey: idempotencyKey() }).catch((error: unknown) => refused.push(error));
    }
    if (refused.length === stacks.length) throw refused[0];
    toast(`${stacks.length - refused.length} of ${stacks.length} operations have begun.`, { text: "Show", onChoose: () => go("/operations") });
    if (refused.length > 0) throw refused[0];
    onDone();
  }
  return (
    <Confirm title={`${WORDS[act]} ${stacks.length} stacks?`} act={`${WORDS[act]} ${stacks.length} stacks`} onConfirm={begin} onClose={onClose}>
      <ul>{stacks.map((stack) => <li key={stack.id}>{stack.id}</li>)}</ul>
    </Confirm>
  );
}
