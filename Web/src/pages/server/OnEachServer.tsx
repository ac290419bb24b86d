import type { ReactNode } from "react";
import { useServers } from "../../api/servers";
import { setQuery, useQuery } from "../../app/router";
import { useServerChoice } from "../../app/serverChoice";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Select } from "../../parts/Select";

interface Props {
  title: string;
  children: (server: string) => ReactNode;
}

/** A part of every server, one below the other; what one server cannot tell leaves the others alone. */
export function OnEachServer({ title, children }: Props) {
  const live = useServers();
  const choice = useServerChoice();
  const wanted = useQuery().get("server");
  const chosen = choice ?? wanted;
  return (
    <Page title={title}>
      <Loaded live={live}>
        {(servers) => {
          const names = servers.filter((server) => !server.jump_only && server.link !== "none").map((server) => server.name);
          const shown = names.filter((name) => chosen === null || name === chosen);
          return (
            <div className="stack">
              {names.length > 1 && choice === null && (
                <div className="toolbar">
                  <Select label="Server" value={chosen ?? ""} options={[{ value: "", label: "All servers" }, ...names.map((name) => ({ value: name, label: name }))]} onChange={(name) => setQuery({ server: name })} />
                </div>
              )}
              {shown.length === 0 ? <Empty title="There is no server with an engine" /> : shown.map((name) => <div key={name}>{children(name)}</div>)}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
