import type { ReactNode } from "react";
import { mayAnywhere, useSession } from "../../app/session";
import { Page } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";

interface Props {
  /** The last part of its path; nothing: the first one. */
  tab?: string;
  name: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of every section of the settings. */
export function SettingsPage({ tab, name, actions, children }: Props) {
  const { session } = useSession();
  const tabs = [
    ...(mayAnywhere(session, "admin") ? [{ to: "/settings", text: "General" }, { to: "/settings/users", text: "Users" }] : []),
    { to: "/settings/tokens", text: "Tokens" }, { to: "/settings/about", text: "About" },
  ];
  return (
    <Page title="Settings" tabTitle={`${name} · Settings`} actions={actions} tabs={<Tabs name="Sections of the settings" tabs={tabs} current={tab ? `/settings/${tab}` : "/settings"} />}>
      {children}
    </Page>
  );
}
