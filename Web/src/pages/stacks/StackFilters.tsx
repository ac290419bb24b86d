import type { Stack } from "../../api/schema";
import { setQuery } from "../../app/router";
import { Chip } from "../../parts/Chip";
import { FilterBox } from "../../parts/FilterBox";
import { Select } from "../../parts/Select";
import { statusKinds } from "../../parts/statusKinds";
import { isDrifted, serversOf, statusCounts, type StackFilter } from "./stackView";

/** So many servers have a chip each; more have a list. */
const SERVER_CHIPS = 5;

interface Props {
  filter: StackFilter;
  /** Those that are there, whatever the filter says. */
  present: Stack[];
  /** How many only have their history. */
  past: number;
  isGrouped: boolean;
}

/** What narrows the list of stacks; it writes into the address. */
export function StackFilters({ filter, present, past, isGrouped }: Props) {
  const servers = serversOf(present);
  const drifted = present.filter(isDrifted).length;
  return (
    <div className="toolbar" role="group" aria-label="Filter">
      <FilterBox label="Filter by name" value={filter.text} onChange={(text) => setQuery({ filter: text })} />
      {[...statusCounts(present)].map(([status, amount]) => (
        <Chip
          key={status} text={statusKinds[status]?.word ?? status} count={amount} isOn={filter.status.includes(status)}
          onChange={(isOn) => setQuery({ status: (isOn ? [...filter.status, status] : filter.status.filter((other) => other !== status)).join(",") })}
        />
      ))}
      {(drifted > 0 || filter.isDrifted) && <Chip text="drifted" count={drifted} isOn={Boolean(filter.isDrifted)} onChange={(isOn) => setQuery({ drift: isOn ? "show" : null })} />}
      {past > 0 && <Chip text="deleted" count={past} isOn={Boolean(filter.withPast)} onChange={(isOn) => setQuery({ past: isOn ? "show" : null })} />}
      {servers.size > SERVER_CHIPS && (
        <Select
          label="Server" isLabelHidden value={filter.server} onChange={(server) => setQuery({ server })}
          options={[{ value: "", label: "All servers" }, ...[...servers.keys()].map((server) => ({ value: server, label: server }))]}
        />
      )}
      {servers.size > 1 && servers.size <= SERVER_CHIPS && [...servers].map(([server, amount]) => (
        <Chip key={server} text={`on ${server}`} count={amount} isOn={filter.server === server} onChange={(isOn) => setQuery({ server: isOn ? server : null })} />
      ))}
      {servers.size > 1 && <Chip text="Group by server" isOn={isGrouped} onChange={(isOn) => setQuery({ group: isOn ? "server" : null })} />}
    </div>
  );
}
