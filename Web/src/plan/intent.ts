/** What is planned: a deploy of the files, or going back to a revision. The address says which. */
import { call } from "../api/client";
import type { Operation, Plan, Rollback } from "../api/schema";
import type { PolicyFinding } from "../api/schema";

export type Intent = { kind: "deploy" } | { kind: "rollback"; to: number };

export interface DeployOptions {
  pull: "" | "always" | "missing" | "never";
  recreate: boolean;
  build: boolean;
  removeOrphans: boolean;
  /** Whether a failed deploy brings back what ran. */
  rollback: boolean;
  restoreFiles: boolean;
  timeoutSeconds: number | null;
  allow: readonly PolicyFinding["rule"][];
}

export const standardOptions: DeployOptions = {
  pull: "", recreate: false, build: false, removeOrphans: false, rollback: true, restoreFiles: false, timeoutSeconds: null, allow: [],
};

export function intentOf(query: URLSearchParams): Intent {
  const to = Number(query.get("rollback"));
  if (Number.isInteger(to) && to > 0) return { kind: "rollback", to };
  return { kind: "deploy" };
}

/** What a draft changes: files with other texts, and saved ones that it is without. */
export interface Files {
  files: { path: string; text: string }[];
  absent: string[];
}

/** The body of a deploy; members that are as usual are left out. */
export function deployBody(options: DeployOptions) {
  return {
    pull: options.pull === "" ? undefined : options.pull,
    recreate: options.recreate ? ("force" as const) : undefined,
    build: options.build || undefined,
    remove_orphans: options.removeOrphans || undefined,
    rollback: options.rollback ? undefined : false,
    timeout_seconds: options.timeoutSeconds ?? undefined,
    allow: options.allow.length > 0 ? [...options.allow] : undefined,
  };
}

function rollbackBody(to: number, options: DeployOptions): Rollback {
  const { remove_orphans, rollback, timeout_seconds, allow } = deployBody(options);
  return { to, remove_orphans, rollback, timeout_seconds, allow, restore_files: options.restoreFiles || undefined };
}

/** Asks the server what would be done. */
export function planFor(stack: string, intent: Intent, options: DeployOptions, { files, absent }: Files, signal?: AbortSignal): Promise<Plan> {
  const path = { stack };
  switch (intent.kind) {
    case "deploy":
      return call("POST /stacks/{stack}/plan", { path, query: { differences: true }, body: { ...deployBody(options), files: files.length > 0 ? files : undefined, absent: absent.length > 0 ? absent : undefined } }, { signal });
    case "rollback":
      return call("POST /stacks/{stack}/rollback/plan", { path, body: rollbackBody(intent.to, options) }, { signal });
  }
}

/** Begins what was planned; a plan that is not true any more is refused by the server. */
export function begin(stack: string, intent: Intent, options: DeployOptions, plan: string, message: string, idempotencyKey: string): Promise<Operation> {
  const path = { stack };
  const told = message === "" ? undefined : message;
  switch (intent.kind) {
    case "deploy":
      return call("POST /stacks/{stack}/deploy", { path, body: { ...deployBody(options), plan, message: told } }, { idempotencyKey });
    case "rollback":
      return call("POST /stacks/{stack}/rollback", { path, body: { ...rollbackBody(intent.to, options), plan, message: told } }, { idempotencyKey });
  }
}
