import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import type { Stack } from "../../api/schema";
import { go } from "../../app/router";
import { Checkbox } from "../../parts/Checkbox";
import { Confirm } from "../../parts/Confirm";

/** Removes the containers and networks of a stack, and its volumes when that is ticked and typed. */
export function TakeDown({ stack, onClose }: { stack: Stack; onClose: () => void }) {
  const [volumes, setVolumes] = useState(false);
  async function down(): Promise<void> {
    const operation = await call(
      "POST /stacks/{stack}/down", { path: { stack: stack.id }, body: volumes ? { volumes } : {} }, { idempotencyKey: idempotencyKey() },
    );
    go(`/operations/${operation.id}`);
  }
  return (
    <Confirm title={`Take ${stack.id} down?`} act={`Take ${stack.name} down`} isDangerous typed={volumes ? stack.name : undefined} onConfirm={down} onClose={onClose}>
      <p>Its {stack.containers} containers and its networks are removed. Files and revisions stay, so that it can be deployed again.</p>
      <Checkbox label="Remove its volumes too" hint="Their data is lost for good." isOn={volumes} onChange={setVolumes} />
    </Confirm>
  );
}
