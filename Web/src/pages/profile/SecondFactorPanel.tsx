import { useState } from "react";
import { call } from "../../api/client";
import { useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { CopyButton } from "../../parts/CopyButton";
import { Field } from "../../parts/Field";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { saveFile } from "../../parts/saveFile";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";
import { groupsOfFour } from "./groupsOfFour";

/** Sets up codes of an authenticator app, and takes them off again. */
export function SecondFactorPanel() {
  const { refresh } = useSession();
  const [begun, setBegun] = useState<{ seed: string; uri: string }>();
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState<string[]>();
  const [isRemoving, setRemoving] = useState(false);
  const begin = useAction(async () => setBegun(await call("POST /account/second-factor")));
  const confirm = useAction(async () => {
    setRecovery((await call("POST /account/second-factor/confirm", { body: { code: code.trim() } })).recovery_codes);
    setBegun(undefined);
    setCode("");
  });
  if (recovery !== undefined) {
    return (
      <Panel title="Second factor">
        <Note kind="ok" title="It is on. Keep these recovery codes: each logs you in once when the app is lost." />
        <ul className="recovery mono">{recovery.map((text) => <li key={text}>{text}</li>)}</ul>
        <p className="row">
          <CopyButton text={recovery.join("\n")} name="Copy the codes" />
          <Button icon="download" onClick={() => saveFile("slipway-recovery-codes.txt", "text/plain", `${recovery.join("\n")}\n`)}>Download</Button>
          <Button kind="main" onClick={() => { setRecovery(undefined); void refresh(); }}>I have kept them</Button>
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="Second factor">
      {begin.problem && <ProblemNote problem={begin.problem} />}
      {begun === undefined ? (
        <>
          <p>A code of an authenticator app, besides the password, at each log-in.</p>
          <p className="row">
            <Button kind="main" icon="key" isBusy={begin.isBusy} onClick={() => void begin.run()}>Set it up</Button>
            <Button onClick={() => setRemoving(true)}>Take it off…</Button>
          </p>
        </>
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (/^\d{6}$/.test(code.trim()) && !confirm.isBusy) void confirm.run();
          }}
        >
          <p>Give this key to the app (by time, 6 digits), then type the code that it shows.</p>
          <p className="row"><code>{groupsOfFour(begun.seed)}</code> <CopyButton text={begun.seed} name="Copy the key" /></p>
          <p className="row"><a href={begun.uri}>Open in an app of this device</a></p>
          <Field label="Code" value={code} onChange={setCode} inputMode="numeric" autoComplete="one-time-code" maxLength={6} autoFocus />
          {confirm.problem && <ProblemNote problem={confirm.problem} />}
          <p className="row">
            <Button type="submit" kind="main" isBusy={confirm.isBusy} refusal={/^\d{6}$/.test(code.trim()) ? null : "six digits"}>Switch it on</Button>
            <Button onClick={() => setBegun(undefined)}>Cancel</Button>
          </p>
        </form>
      )}
      {isRemoving && (
        <Confirm
          title="Take the second factor off?" act="Take it off" isDangerous onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await refresh(await call("DELETE /account/second-factor"));
            toast("The second factor is off.");
          }}
        >
          <p>The password alone is then enough to log in.</p>
        </Confirm>
      )}
    </Panel>
  );
}
