import type { ReactNode } from "react";
import { call } from "../../api/client";
import type { Server } from "../../api/schema";
import { path } from "../../app/router";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Page } from "../../parts/Page";
import { Status } from "../../parts/Status";
import { Tabs } from "../../parts/Tabs";
import { useLive } from "../../stream/live";

interface Props {
  server: string;
  /** The last part of its path; nothing: the first tab. */
  tab?: string;
  /** Of the tab, in the browser's title. */
  name: string;
  actions?: (server: Server) => ReactNode;
  children: (server: Server) => ReactNode;
}

/** The frame of every tab of a server. */
export function ServerPage({ server: name, tab, name: title, actions, children }: Props) {
  const live = useLive(
    `server:${name}`, (signal) => call("GET /servers/{server}", { path: { server: name } }, { signal }),
    (value, event) => (event.server === name && (event.event.startsWith("server.") || event.event.startsWith("container.")) ? "reload" : value),
  );
  const base = path`/servers/${name}`;
  const tabs = [
    { to: base, text: "System" }, { to: `${base}/containers`, text: "Containers" }, { to: `${base}/images`, text: "Images" },
    { to: `${base}/volumes`, text: "Volumes" }, { to: `${base}/networks`, text: "Networks" },
  ];
  const server = live.value;
  return (
    <Page
      title={name} tabTitle={`${title} · ${name}`} crumbs={[{ to: "/servers", text: "Servers" }]} mark={server && <Status status={server.link} />} actions={server && actions?.(server)}
      tabs={server?.jump_only ? undefined : <Tabs name={`Parts of ${name}`} tabs={tabs} current={tab ? `${base}/${tab}` : base} />}
    >
      {live.problem?.status === 404 && !server ? (
        <Empty title={`There is no server ${name}`} action={<LinkButton to="/servers">All servers</LinkButton>}>It may have been removed, or you may not see it.</Empty>
      ) : (
        <Loaded live={live} waitingFor={name}>
          {(value) => (
            <div className="stack">
              {value.link === "away" && <Note kind="danger" title={`${name} cannot be reached.`}>{value.reason}</Note>}
              {children(value)}
            </div>
          )}
        </Loaded>
      )}
    </Page>
  );
}
