import { call, idempotencyKey } from "../../api/client";
import type { FileContent } from "../../api/schema";
import { go, path } from "../../app/router";
import { toast } from "../../parts/toasts";

/** Makes a stack of files and opens it in the editor. */
export async function createStack(name: string, server: string, files: FileContent[], secrets: Record<string, string> = {}): Promise<void> {
  const stack = await call(
    "POST /stacks", { body: { name, server, files, secrets: Object.keys(secrets).length > 0 ? secrets : undefined } }, { idempotencyKey: idempotencyKey() },
  );
  toast(`${stack.id} is made. Nothing is deployed yet.`);
  go(path`/stacks/${stack.id}/compose`);
}
