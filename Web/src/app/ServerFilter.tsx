import { useEffect } from "react";
import { useServers } from "../api/servers";
import { Select } from "../parts/Select";
import { chooseServer, useServerChoice } from "./serverChoice";

/** Narrows the lists of the tab to one server; it is not there where there is one only. */
export default function ServerFilter() {
  const servers = useServers().value;
  const choice = useServerChoice();
  const names = servers?.filter((server) => !server.jump_only).map((server) => server.name);
  const isGone = choice !== null && names !== undefined && !names.includes(choice);
  useEffect(() => {
    if (isGone) chooseServer(null);
  }, [isGone]);
  if (names === undefined || names.length < 2) return null;
  return (
    <Select
      label="Look at" isLabelHidden value={choice ?? ""} onChange={(server) => chooseServer(server || null)}
      options={[{ value: "", label: "All servers" }, ...names.map((name) => ({ value: name, label: name }))]}
    />
  );
}
