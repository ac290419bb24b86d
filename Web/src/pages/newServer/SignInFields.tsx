import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import { TextArea } from "../../parts/TextArea";
import type { ServerForm } from "./serverForm";

interface Props {
  form: ServerForm;
  onChange: (form: ServerForm) => void;
}

/** Key, password or agent; certificates for TCP. All of it is kept sealed. */
export function SignInFields({ form, onChange }: Props) {
  const set = (change: Partial<ServerForm>) => onChange({ ...form, ...change });
  if (form.kind === "tls") {
    return (
      <div className="form">
        <TextArea label="Certificate of the authority" value={form.authority} onChange={(authority) => set({ authority })} hint="PEM, as in ca.pem." />
        <TextArea label="Our certificate" value={form.certificate} onChange={(certificate) => set({ certificate })} hint="PEM, as in cert.pem." />
        <TextArea label="Its key" value={form.key} onChange={(key) => set({ key })} hint="PEM, as in key.pem. It is kept sealed." />
      </div>
    );
  }
  return (
    <div className="form">
      <Select
        label="Sign in with" value={form.signIn} onChange={(signIn) => set({ signIn: signIn as ServerForm["signIn"] })}
        options={[{ value: "key", label: "A private key" }, { value: "password", label: "A password" }, { value: "agent", label: "An SSH agent of the server's machine" }]}
      />
      {form.signIn === "key" && (
        <>
          <TextArea label="Private key" value={form.identity} onChange={(identity) => set({ identity })} placeholder="-----BEGIN OPENSSH PRIVATE KEY-----" hint="Ed25519, ECDSA, or RSA of 3072 bits or more. It is kept sealed." autoComplete="off" />
          <Field label="Its passphrase" type="password" value={form.passphrase} onChange={(passphrase) => set({ passphrase })} autoComplete="off" hint="Empty when it has none." />
        </>
      )}
      {form.signIn === "password" && <Field label="Password" type="password" value={form.password} onChange={(password) => set({ password })} autoComplete="off" />}
      {form.signIn === "agent" && <Field label="Socket of the agent" value={form.agentSocket} onChange={(agentSocket) => set({ agentSocket })} placeholder="that of SSH_AUTH_SOCK" autoComplete="off" />}
    </div>
  );
}
