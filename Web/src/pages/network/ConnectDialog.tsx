import { useState } from "react";
import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import { Confirm } from "../../parts/Confirm";
import { Field } from "../../parts/Field";
import { Loaded } from "../../parts/Loaded";
import { Select } from "../../parts/Select";
import { useLive } from "../../stream/live";

interface Props {
  server: string;
  /** Those that are in it already. */
  taken: readonly string[];
  onConnect: (container: string, aliases: string[]) => Promise<void>;
  onClose: () => void;
}

/** Asks which container joins, and under which further names. */
export function ConnectDialog({ server, taken, onConnect, onClose }: Props) {
  const [chosen, setChosen] = useState("");
  const [aliases, setAliases] = useState("");
  const live = useLive(`server:${server}:containers`, (signal) => everyPage((cursor) => call("GET /servers/{server}/containers", { path: { server }, query: { limit: 200, cursor } }, { signal })));
  return (
    <Confirm
      title="Connect a container" act="Connect" onClose={onClose}
      onConfirm={() => (chosen === "" ? Promise.reject(new Error("Choose a container.")) : onConnect(chosen, aliases.split(/[\s,]+/).filter(Boolean)))}
    >
      <Loaded live={live}>
        {({ items }) => (
          <Select
            label="Container" value={chosen} onChange={setChosen}
            options={[{ value: "", label: "choose one" }, ...items.filter((container) => !taken.includes(container.id)).map((container) => ({ value: container.id, label: container.name }))]}
          />
        )}
      </Loaded>
      <Field label="Further names in the network" value={aliases} onChange={setAliases} hint="With spaces between them; may be empty." autoComplete="off" />
    </Confirm>
  );
}
