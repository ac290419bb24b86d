import { call } from "../../api/client";
import type { Stack } from "../../api/schema";
import { go } from "../../app/router";
import { Confirm } from "../../parts/Confirm";
import { toast } from "../../parts/toasts";
import { Note } from "../../parts/Note";

/** Deletes the files of a stack that is down; its history stays. */
export function DeleteStack({ stack, onClose }: { stack: Stack; onClose: () => void }) {
  async function remove(): Promise<void> {
    await call("DELETE /stacks/{stack}", { path: { stack: stack.id } });
    toast(`${stack.id} is deleted.`);
    go("/stacks");
  }
  return (
    <Confirm title={`Delete ${stack.id}?`} act={`Delete ${stack.name}`} isDangerous typed={stack.name} onConfirm={remove} onClose={onClose}>
      <p>Its files, secrets and webhooks and all rights on it are deleted for good. Its revisions stay as its history.</p>
      {stack.containers > 0 && <Note kind="warn">It still has {stack.containers} containers: take it down first.</Note>}
    </Confirm>
  );
}
