import { useMemo, useState } from "react";
import type { Stack } from "../../api/schema";
import { useStacks } from "../../api/stacks";
import { go, path, setQuery, useQuery } from "../../app/router";
import { may, mayAnywhere, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { FilterBox } from "../../parts/FilterBox";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Select } from "../../parts/Select";
import { statusKinds } from "../../parts/statusKinds";
import { SeveralStacks, type SeveralAct } from "./SeveralStacks";
import { StackTable } from "./StackTable";
import { isPast, shownStacks, statusCounts, type StackSort } from "./stackView";

/** All stacks, with what they do now. The address is the view. */
export default function Stacks() {
  const live = useStacks();
  const { session } = useSession();
  const query = useQuery();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<SeveralAct>();
  const status = (query.get("status") ?? "").split(",").filter(Boolean);
  const filter = { text: query.get("filter") ?? "", status, server: query.get("server") ?? "", withPast: query.get("past") === "show" };
  const sort = (query.get("sort") ?? "name") as StackSort;
  const isDescending = query.get("order") === "down";
  const items = live.value?.items;
  const present = useMemo(() => items?.filter((stack) => !isPast(stack)) ?? [], [items]);
  const past = (items?.length ?? 0) - present.length;
  const shown = useMemo(
    () => shownStacks(items ?? [], filter, sort, isDescending),
    // The address stands for all of the view.
    [items, query.toString()],
  );
  const groups: [string, Stack[]][] = query.get("group") === "server" ? byServer(shown) : [["", shown]];
  const chosen = shown.filter((stack) => selected.has(stack.id));
  const servers = [...new Set((items ?? []).map((stack) => stack.server))].sort();
  const isFiltered = Boolean(filter.text || status.length || filter.server);
  const clear = () => setQuery({ filter: null, status: null, server: null });
  return (
    <Page title="Stacks" actions={mayAnywhere(session, "operator") && <LinkButton to="/stacks/new" kind="main" icon="plus">New stack</LinkButton>}>
      <div className="toolbar">
        <FilterBox label="Filter by name" value={filter.text} onChange={(text) => setQuery({ filter: text })} />
        {[...statusCounts(present)].map(([one, amount]) => (
          <Chip
            key={one} text={statusKinds[one]?.word ?? one} count={amount} isOn={status.includes(one)}
            onChange={(isOn) => setQuery({ status: (isOn ? [...status, one] : status.filter((other) => other !== one)).join(",") })}
          />
        ))}
        {past > 0 && <Chip text="Deleted" count={past} isOn={filter.withPast} onChange={(isOn) => setQuery({ past: isOn ? "show" : null })} />}
        {servers.length > 1 && (
          <>
            <Select
              label="Server" isLabelHidden value={filter.server} onChange={(server) => setQuery({ server })}
              options={[{ value: "", label: "All servers" }, ...servers.map((server) => ({ value: server, label: server }))]}
            />
            <Chip text="Group by server" isOn={query.get("group") === "server"} onChange={(isOn) => setQuery({ group: isOn ? "server" : null })} />
          </>
        )}
      </div>
      {chosen.length > 0 && (
        <div className="toolbar" role="region" aria-label="Selected stacks">
          <span>{chosen.length} selected</span>
          {(["restart", "stop", "pull"] as const).map((act) => (
            <Button
              key={act} icon={act === "pull" ? "download" : act} onClick={() => setAsked(act)}
              refusal={chosen.every((stack) => may(session, "operator", { server: stack.server, stack: stack.name })) ? null : "needs operator on all of them"}
            >
              {act.charAt(0).toUpperCase() + act.slice(1)}
            </Button>
          ))}
          <Button kind="quiet" onClick={() => setSelected(new Set())}>Clear</Button>
        </div>
      )}
      <Loaded live={live} lines={8}>
        {(list) => {
          if (present.length === 0 && !filter.withPast) {
            return (
              <Panel title="No stack yet">
                <Empty title="Nothing is deployed here yet" action={mayAnywhere(session, "operator") && <LinkButton to="/stacks/new" kind="main" icon="plus">New stack</LinkButton>}>
                  A stack is a Compose project: one or more files, and the services that they describe. What runs on your servers already can be adopted.
                </Empty>
              </Panel>
            );
          }
          if (shown.length === 0) {
            return (
              <Panel title="Stacks">
                <Empty title={`None of ${present.length} stacks fits`} action={isFiltered && <Button onClick={clear}>Clear the filter</Button>} />
              </Panel>
            );
          }
          return (
            <>
              {groups.map(([server, stacks]) => (
                <Panel key={server} title={server || `${stacks.length} of ${filter.withPast ? list.items.length : present.length}`} isFlush>
                  <StackTable
                    stacks={stacks} sort={sort} isDescending={isDescending}
                    onSort={(next) => setQuery({ sort: next === "name" ? null : next, order: next === sort && !isDescending ? "down" : null })}
                    selected={selected} onSelect={setSelected} onOpen={(stack) => go(path`/stacks/${stack.id}`)}
                  />
                </Panel>
              ))}
              {list.more && <Note>There are more stacks than are loaded here: the filter of the address narrows only those that are.</Note>}
            </>
          );
        }}
      </Loaded>
      {asked && (
        <SeveralStacks
          act={asked} stacks={chosen}
          onClose={() => {
            setAsked(undefined);
            setSelected(new Set());
          }}
        />
      )}
    </Page>
  );
}

function byServer(stacks: Stack[]): [string, Stack[]][] {
  const groups = new Map<string, Stack[]>();
  for (const stack of stacks) groups.set(stack.server, [...(groups.get(stack.server) ?? []), stack]);
  return [...groups].sort(([one], [other]) => one.localeCompare(other));
}
