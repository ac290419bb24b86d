import { useState } from "react";
import { call } from "../../api/client";
import type { RotatedKey } from "../../api/schema";
import { go, path } from "../../app/router";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { Menu } from "../../parts/Menu";
import { Note } from "../../parts/Note";
import { ProblemNote } from "../../parts/ProblemNote";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";

/** Another name, another key, or no server any more. */
export function ServerActions({ server, address }: { server: string; address: string | null | undefined }) {
  const [asked, setAsked] = useState<"rename" | "rotate" | "remove">();
  const [name, setName] = useState(server);
  const [rotated, setRotated] = useState<RotatedKey>();
  const close = () => setAsked(undefined);
  const rename = useAction(async () => {
    const renamed = await call("POST /servers/{server}/rename", { path: { server }, body: { name } });
    go(path`/servers/${renamed.name}`);
  });
  return (
    <>
      <Menu
        name={`Acts for ${server}`} isNamed icon="down"
        items={[
          { text: "Rename…", icon: "edit", onChoose: () => setAsked("rename") }, { text: "Connect anew…", icon: "link", onChoose: () => go(path`/servers/new` + `?replace=${encodeURIComponent(server)}&address=${encodeURIComponent(address ?? "")}`) }, { text: "Log in with a new key…", icon: "key", onChoose: () => setAsked("rotate") },
          { text: "Forget it…", icon: "trash", isDangerous: true, onChoose: () => setAsked("remove") },
        ]}
      />
      {asked === "rename" && (
        <Dialog
          title={`Rename ${server}`} onClose={close}
          footer={<><Button onClick={close}>Cancel</Button><Button kind="main" isBusy={rename.isBusy} refusal={name === server ? "give it another name" : null} onClick={() => void rename.run()}>Rename</Button></>}
        >
          <Field label="New name" value={name} onChange={setName} maxLength={63} hint="Its stacks and their revisions go along." autoComplete="off" />
          {rename.problem && <ProblemNote problem={rename.problem} />}
        </Dialog>
      )}
      {asked === "rotate" && (
        <Confirm title={`Log in to ${server} with a new key?`} act="Make a new key" onClose={close} onConfirm={async () => setRotated(await call("POST /servers/{server}/rotate-key", { path: { server }, body: {} }))}>
          <p>A new key is made and tried. The old one is then taken off the host.</p>
        </Confirm>
      )}
      {rotated && (
        <Dialog title={`The new key of ${server}`} onClose={() => setRotated(undefined)}>
          <p className="row"><code>{rotated.key}</code> <CopyButton text={rotated.key} /></p>
          <p className="mono">{rotated.fingerprint}</p>
          {rotated.leftover && <Note kind="warn" title="The old key could not be taken off:">{rotated.leftover}</Note>}
        </Dialog>
      )}
      {asked === "remove" && (
        <Confirm
          title={`Forget ${server}?`} act={`Forget ${server}`} isDangerous typed={server} onClose={close}
          onConfirm={async () => {
            await call("DELETE /servers/{server}", { path: { server } });
            toast(`${server} is forgotten. What runs there goes on.`);
            go("/servers");
          }}
        >
          <p>Its address and its key are deleted. Containers there go on, and revisions stay for a server of that name.</p>
        </Confirm>
      )}
    </>
  );
}
