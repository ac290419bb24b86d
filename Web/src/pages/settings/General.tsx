import { call } from "../../api/client";
import type { PageProps } from "../../app/routes";
import { mayAnywhere, useSession } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { useLive } from "../../stream/live";
import { SettingField } from "./SettingField";
import { SettingsPage } from "./SettingsPage";

/** What holds for the whole server: each value with its default and where it comes from. */
export default function General(_: PageProps) {
  const { session } = useSession();
  const isAdmin = mayAnywhere(session, "admin");
  const live = useLive(isAdmin ? "settings" : null, async (signal) => (await call("GET /settings", undefined, { signal })).items);
  return (
    <SettingsPage name="General">
      {!isAdmin ? (
        <Empty title="These settings are for admins" action={<LinkButton to="/settings/tokens">Your tokens</LinkButton>} />
      ) : (
        <Loaded live={live}>
          {(settings) => (
            <Panel title="General">
              {settings.map((setting) => <SettingField key={`${setting.key} ${JSON.stringify(setting.value)}`} setting={setting} onSaved={live.reload} />)}
            </Panel>
          )}
        </Loaded>
      )}
    </SettingsPage>
  );
}
