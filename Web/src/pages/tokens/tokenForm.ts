import type { Calls } from "../../api/schema";

export type NewToken = Calls["POST /tokens"]["body"];
export type TokenScope = NonNullable<NewToken["scopes"]>[number];

/** What a token may do, in words. */
export const scopes: readonly { scope: TokenScope; text: string }[] = [
  { scope: "read", text: "See stacks, servers, states" }, { scope: "logs", text: "Read logs" }, { scope: "metrics", text: "Read metrics" },
  { scope: "edit", text: "Make and edit stacks" }, { scope: "deploy", text: "Deploy and roll back" }, { scope: "control", text: "Start, stop, restart" },
  { scope: "restore", text: "Restore and remove data" }, { scope: "exec", text: "Run commands in containers" }, { scope: "images", text: "Images" },
  { scope: "networks", text: "Networks" }, { scope: "volumes", text: "Volumes" }, { scope: "servers", text: "Servers" }, { scope: "secrets", text: "Secrets" },
  { scope: "webhooks", text: "Webhooks" }, { scope: "policy", text: "Policy" }, { scope: "audit", text: "Audit log" }, { scope: "settings", text: "Settings" },
  { scope: "system", text: "The server itself" },
];

export interface TokenForm {
  name: string;
  chosen: readonly TokenScope[];
  /** `SERVER` or `STACK@SERVER`, with spaces or commas between them; empty: everywhere. */
  places: string;
  /** Empty: no end. */
  days: string;
}

export const emptyToken: TokenForm = { name: "", chosen: ["read"], places: "", days: "90" };

/** Why it cannot be sent; null: it can. */
export function tokenRefusal(form: TokenForm): string | null {
  if (form.name.trim() === "") return "give it a name";
  if (form.chosen.length === 0) return "choose what it may";
  if (form.days !== "" && !(/^\d+$/.test(form.days) && Number(form.days) >= 1)) return "days are a whole number";
  return null;
}

export function tokenBody(form: TokenForm): NewToken {
  const limits = form.places.split(/[\s,]+/).filter(Boolean).map((place) => {
    const [stack, server] = place.split("@");
    return server === undefined ? { server: place } : { server, stack };
  });
  return {
    name: form.name.trim(), scopes: [...form.chosen], limits: limits.length > 0 ? limits : undefined,
    ...(form.days === "" ? { endless: true } : { days: Number(form.days) }),
  };
}
