import { useState } from "react";
import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import type { User } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { useSession } from "../../app/session";
import { grantText } from "../../grants/grantText";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Loaded } from "../../parts/Loaded";
import { Menu } from "../../parts/Menu";
import { Panel } from "../../parts/Panel";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/toasts";
import { useLive } from "../../stream/live";
import { SettingsPage } from "../settings/SettingsPage";
import { UserAccess } from "./UserAccess";
import { UserDialog } from "./UserDialog";

type Asked = { act: "edit" | "access" | "remove"; user: User } | { act: "new" } | null;

/** Who may log in, and what they may. */
export default function Users(_: PageProps) {
  const { session } = useSession();
  const [asked, setAsked] = useState<Asked>(null);
  const live = useLive("users", async (signal) => (await everyPage((cursor) => call("GET /users", { query: { limit: 200, cursor } }, { signal }))).items);
  const close = () => setAsked(null);
  const done = (text: string) => {
    toast(text);
    live.reload();
  };
  return (
    <SettingsPage tab="users" name="Users" actions={<Button kind="main" icon="plus" onClick={() => setAsked({ act: "new" })}>New user</Button>}>
      <Loaded live={live}>
        {(users) => (
          <Panel title="Users" isFlush>
            <Table
              caption="Users" rows={users} rowKey={(user) => String(user.id)} isGreyed={(user) => user.disabled}
              columns={[
                { key: "name", title: "Name", isName: true, cell: (user) => <>{user.username} {user.username === session.username && <Badge tone="info">you</Badge>}{user.disabled && <Badge>disabled</Badge>}</> },
                { key: "grants", title: "May", cell: (user) => (user.grants.length === 0 ? <span className="muted">nothing</span> : <ul className="bare">{user.grants.map((grant, index) => <li key={index}>{grantText(grant)}</li>)}</ul>) },
                { key: "factor", title: "Second factor", cell: (user) => (user.second_factor ? "on" : user.must_have_second_factor ? <Badge tone="warn">required, not set up</Badge> : "off") },
                { key: "made", title: "Made", cell: (user) => <Time at={user.created_at} /> },
                {
                  key: "acts", title: "Acts", isTitleHidden: true,
                  cell: (user) => (
                    <Menu
                      name={`Acts for ${user.username}`}
                      items={[
                        { text: "Change…", icon: "edit", onChoose: () => setAsked({ act: "edit", user }) },
                        { text: "Sessions and tokens…", icon: "key", onChoose: () => setAsked({ act: "access", user }) },
                        { text: "Delete…", icon: "trash", isDangerous: true, refusal: user.username === session.username ? "you cannot delete yourself" : null, onChoose: () => setAsked({ act: "remove", user }) },
                      ]}
                    />
                  ),
                },
              ]}
            />
          </Panel>
        )}
      </Loaded>
      {asked?.act === "new" && (
        <UserDialog
          onClose={close}
          onSave={async (form) => {
            await call("POST /users", { body: { username: form.username, password: form.password, grants: form.grants, must_have_second_factor: form.mustHaveSecondFactor || undefined } });
            done(`${form.username} may log in.`);
          }}
        />
      )}
      {asked?.act === "edit" && (
        <UserDialog
          user={asked.user} onClose={close}
          onSave={async (form) => {
            await call("PATCH /users/{id}", {
              path: { id: String(asked.user.id) },
              body: {
                grants: form.grants, disabled: form.isDisabled, must_have_second_factor: form.mustHaveSecondFactor, password: form.password || undefined,
                remove_second_factor: form.removesSecondFactor || undefined,
              },
            });
            done(`${asked.user.username} is changed.`);
          }}
        />
      )}
      {asked?.act === "access" && <UserAccess user={asked.user} onClose={close} />}
      {asked?.act === "remove" && (
        <Confirm
          title={`Delete ${asked.user.username}?`} act={`Delete ${asked.user.username}`} isDangerous typed={asked.user.username} onClose={close}
          onConfirm={async () => {
            await call("DELETE /users/{id}", { path: { id: String(asked.user.id) } });
            done(`${asked.user.username} is deleted.`);
          }}
        >
          <p>Sessions and tokens end at once. What the audit log says of {asked.user.username} stays.</p>
        </Confirm>
      )}
    </SettingsPage>
  );
}
