import { call } from "../../api/client";
import { prefer, usePreferences, type Preferences } from "../../app/preferences";
import type { PageProps } from "../../app/routes";
import { useSession } from "../../app/session";
import { grantText } from "../../grants/grantText";
import { Checkbox } from "../../parts/Checkbox";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Select } from "../../parts/Select";
import { useLive } from "../../stream/live";
import { PasswordPanel } from "./PasswordPanel";
import { SecondFactorPanel } from "./SecondFactorPanel";
import { SessionTable } from "./SessionTable";

/** One's own account, and what this browser keeps. */
export default function Profile(_: PageProps) {
  const { session } = useSession();
  const preferences = usePreferences();
  const sessions = useLive(session.needs_second_factor ? null : "sessions", async (signal) => (await call("GET /sessions", undefined, { signal })).items);
  return (
    <Page title="Profile">
      <div className="stack">
        {session.needs_second_factor && <Note kind="warn" title="A second factor is required. Set it up to go on." />}
        <Panel title={session.username}>
          <Facts facts={[["May", <ul className="bare">{session.grants.map((grant, index) => <li key={index}>{grantText(grant)}</li>)}</ul>]]} />
        </Panel>
        <SecondFactorPanel />
        {!session.needs_second_factor && (
          <>
            <PasswordPanel />
            <Panel title="This browser">
              <div className="form">
                <Select
                  label="Theme" value={preferences.theme} onChange={(theme) => prefer({ theme: theme as Preferences["theme"] })}
                  options={[{ value: "auto", label: "As the system" }, { value: "light", label: "Light" }, { value: "dark", label: "Dark" }]}
                />
                <Checkbox label="Single keys as shortcuts" hint="The key ? lists them. Ctrl+K works always." isOn={preferences.keys} onChange={(keys) => prefer({ keys })} />
              </div>
            </Panel>
            <Panel title="Sessions" isFlush>
              <Loaded live={sessions}>
                {(items) => (
                  <SessionTable
                    sessions={items}
                    onEnd={async (ended) => {
                      await call("DELETE /sessions/{id}", { path: { id: ended.id } });
                      sessions.reload();
                    }}
                  />
                )}
              </Loaded>
            </Panel>
          </>
        )}
      </div>
    </Page>
  );
}
