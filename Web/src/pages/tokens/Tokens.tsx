import { useState } from "react";
import { call } from "../../api/client";
import type { CreatedToken } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { Button } from "../../parts/Button";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { useLive } from "../../stream/live";
import { SettingsPage } from "../settings/SettingsPage";
import { TokenDialog } from "./TokenDialog";
import { TokenTable } from "./TokenTable";

/** One's own tokens, for programs. */
export default function Tokens(_: PageProps) {
  const live = useLive("tokens", async (signal) => (await call("GET /tokens", undefined, { signal })).items);
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedToken>();
  return (
    <SettingsPage tab="tokens" name="Tokens" actions={<Button kind="main" icon="plus" onClick={() => setMaking(true)}>New token</Button>}>
      <Panel title="Your tokens" isFlush>
        <Loaded live={live}>
          {(tokens) => (
            <TokenTable
              tokens={tokens}
              onEnd={async (token) => {
                await call("DELETE /tokens/{token}", { path: { token: token.id } });
                live.reload();
              }}
            />
          )}
        </Loaded>
      </Panel>
      {isMaking && (
        <TokenDialog
          onClose={() => setMaking(false)}
          onMake={async (body) => {
            setMade(await call("POST /tokens", { body }));
            live.reload();
          }}
        />
      )}
      {made && (
        <Dialog title={`Token ${made.token.name}`} onClose={() => setMade(undefined)} footer={<Button kind="main" onClick={() => setMade(undefined)}>I have kept it</Button>}>
          <Note kind="warn" title="It is shown this once." />
          <p className="row"><code>{made.text}</code> <CopyButton text={made.text} name="Copy the token" /></p>
          <p className="muted">Programs send it as <code>Authorization: Bearer …</code></p>
        </Dialog>
      )}
    </SettingsPage>
  );
}
