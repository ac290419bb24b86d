import type { NewServer } from "../../api/schema";

export interface ServerForm {
  kind: "ssh" | "tls";
  name: string;
  address: string;
  signIn: "key" | "password" | "agent";
  identity: string;
  passphrase: string;
  password: string;
  agentSocket: string;
  /** A server in between, by its name. */
  jump: string;
  socket: string;
  authority: string;
  certificate: string;
  key: string;
  /** The server of this name is known, and its address, key and login are replaced. */
  replaces: boolean;
}

export const emptyForm: ServerForm = {
  kind: "ssh", name: "", address: "", signIn: "key", identity: "", passphrase: "", password: "", agentSocket: "", jump: "", socket: "", authority: "", certificate: "", key: "", replaces: false,
};

/** Why it cannot be sent; null: it can. */
export function formRefusal(form: ServerForm): string | null {
  if (form.name === "") return "give it a name";
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(form.name)) return "the name has lower-case letters, digits, - and _";
  if (form.address.trim() === "") return "give its address";
  if (form.kind === "tls") return form.authority === "" || form.certificate === "" || form.key === "" ? "give all three certificates" : null;
  if (!/@/.test(form.address)) return "name the user in the address: ssh://USER@HOST";
  if (form.signIn === "key" && form.identity.trim() === "") return "give the private key";
  if (form.signIn === "password" && form.password === "") return "give the password";
  return null;
}

/** `deploy@host` is `ssh://deploy@host`, and `host` over TLS `tcp://host`. */
function addressOf(form: ServerForm): string {
  const address = form.address.trim();
  if (/^\w+:\/\//.test(address)) return address;
  return `${form.kind === "ssh" ? "ssh" : "tcp"}://${address}`;
}

/** What the API takes; with the fingerprint once it was confirmed. */
export function serverBody(form: ServerForm, fingerprint: string | null): NewServer {
  const base = { name: form.name, address: addressOf(form), replace: form.replaces || undefined };
  if (form.kind === "tls") return { ...base, authority: form.authority, certificate: form.certificate, key: form.key };
  return {
    ...base, login: loginOf(form), fingerprint: fingerprint ?? undefined, socket: form.socket.trim() || undefined,
    jumps: form.jump === "" ? undefined : [{ server: form.jump }],
  };
}

function loginOf(form: ServerForm): NonNullable<NewServer["login"]> {
  switch (form.signIn) {
    case "key": return { identity: form.identity.endsWith("\n") ? form.identity : `${form.identity}\n`, passphrase: form.passphrase || undefined };
    case "password": return { password: form.password };
    case "agent": return form.agentSocket.trim() === "" ? { agent: true } : { agent: true, agent_socket: form.agentSocket.trim() };
  }
}
