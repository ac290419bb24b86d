import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { CallProblem } from "../../api/problem";
import type { AddedServer, Problem } from "../../api/schema";
import { useServers } from "../../api/servers";
import { path, useQuery } from "../../app/router";
import type { PageProps } from "../../app/routes";
import { Button } from "../../parts/Button";
import { LinkButton } from "../../parts/LinkButton";
import { Note } from "../../parts/Note";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { TestSteps } from "../server/TestSteps";
import { AddressFields } from "./AddressFields";
import { HostKeyDialog } from "./HostKeyDialog";
import { emptyForm, formRefusal, serverBody } from "./serverForm";
import { SignInFields } from "./SignInFields";

/** Adds a server: address and sign-in, the host's key confirmed, then every step tried before anything is kept. */
export default function AddServer(_: PageProps) {
  const known = useQuery().get("replace") ?? "";
  const address = useQuery().get("address") ?? "";
  const [form, setForm] = useState({ ...emptyForm, name: known, address, kind: address.startsWith("tcp:") ? ("tls" as const) : ("ssh" as const), replaces: known !== "" });
  const [added, setAdded] = useState<AddedServer>();
  const [hostKey, setHostKey] = useState<NonNullable<Problem["host_key"]>>();
  const servers = useServers();
  const others = (servers.value ?? []).filter((server) => server.kind === "ssh").map((server) => server.name);
  const refusal = formRefusal(form) ?? (!form.replaces && servers.value?.some((server) => server.name === form.name) ? "there is a server of this name" : null);
  const add = useAction(async (fingerprint: string | null) => {
    setHostKey(undefined);
    try {
      setAdded(await call("POST /servers", { body: serverBody(form, fingerprint) }, { idempotencyKey: idempotencyKey() }));
      setForm(emptyForm);
    } catch (error) {
      const key = error instanceof CallProblem && error.code === "host_key_unconfirmed" ? error.problem.host_key : undefined;
      if (!key) throw error;
      setHostKey(key);
    }
  });

  if (added !== undefined) {
    return (
      <Page title={`${added.server.name} is ${known === added.server.name ? "connected anew" : "added"}`} crumbs={[{ to: "/servers", text: "Servers" }]}>
        <Note kind="ok" title="It was reached, and is kept with its host key." />
        {added.test && <Panel title="What was tried" isFlush><TestSteps test={added.test} /></Panel>}
        <p className="row">
          <LinkButton to={path`/servers/${added.server.name}`} kind="main">{`Open ${added.server.name}`}</LinkButton>
          <Button onClick={() => setAdded(undefined)}>Add another</Button>
        </p>
      </Page>
    );
  }
  return (
    <Page title={known === "" ? "Add a server" : `Connect ${known} anew`} crumbs={[{ to: "/servers", text: "Servers" }]}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null && !add.isBusy) void add.run(null);
        }}
      >
        {form.replaces && <Note title={`The address, the host key and the sign-in of ${known} are replaced by these once they were tried. Its stacks stay.`} />}
        <Panel title="Where it is"><AddressFields form={form} others={others} onChange={setForm} /></Panel>
        <Panel title="How to sign in"><SignInFields form={form} onChange={setForm} /></Panel>
        {add.problem && <ProblemNote title="Nothing was kept" problem={add.problem} />}
        <p className="row"><Button kind="main" type="submit" isBusy={add.isBusy} refusal={refusal}>Connect</Button></p>
      </form>
      {hostKey && <HostKeyDialog hostKey={hostKey} onConfirm={() => void add.run(hostKey.fingerprint)} onClose={() => setHostKey(undefined)} />}
    </Page>
  );
}
