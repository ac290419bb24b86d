import { useMemo, useState } from "react";
import { useStacks } from "../../api/stacks";
import { go, path, setQuery, useQuery } from "../../app/router";
import { ofServer, useServerChoice } from "../../app/serverChoice";
import { mayAnywhere, useSession } from "../../app/session";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Selection } from "./Selection";
import { SeveralStacks, type SeveralAct } from "./SeveralStacks";
import { StackFilters } from "./StackFilters";
import { StackTable } from "./StackTable";
import { groupsOf, isPast, serversOf, shownStacks, type StackSort } from "./stackView";

/** All stacks, with what they do now. The address is the view. */
export default function Stacks() {
  const live = useStacks();
  const { session } = useSession();
  const query = useQuery();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<SeveralAct>();
  const status = (query.get("status") ?? "").split(",").filter(Boolean);
  const filter = { text: query.get("filter") ?? "", status, server: query.get("server") ?? "", withPast: query.get("past") === "show", isDrifted: query.get("drift") === "show" };
  const sort = (query.get("sort") ?? "name") as StackSort;
  const isDescending = query.get("order") === "down";
  const isGrouped = query.get("group") === "server";
  const server = useServerChoice();
  const items = useMemo(() => live.value && ofServer(live.value.items, server), [live.value, server]);
  const present = useMemo(() => items?.filter((stack) => !isPast(stack)) ?? [], [items]);
  const past = (items?.length ?? 0) - present.length;
  const shown = useMemo(
    () => shownStacks(items ?? [], filter, sort, isDescending),
    // The address stands for all of the view.
    [items, query.toString()],
  );
  const isOneServer = serversOf(present).size < 2;
  const chosen = shown.filter((stack) => selected.has(stack.id));
  const newStack = mayAnywhere(session, "operator") && <LinkButton to="/stacks/new" kind="main" icon="plus">New stack</LinkButton>;
  return (
    <Page title="Stacks" mark={items && <Badge>{shown.length === present.length ? present.length : `${shown.length} of ${present.length}`}</Badge>} actions={newStack}>
      {(present.length > 0 || past > 0) && <StackFilters filter={filter} present={present} past={past} isGrouped={isGrouped} />}
      <Loaded live={live} lines={8}>
        {(list) => {
          if (present.length === 0 && !filter.withPast && server !== null) {
            return <Panel title="Stacks" isTitleHidden><Empty title={`No stack is on ${server}`} action={newStack}>Other servers are not shown: see the list above.</Empty></Panel>;
          }
          if (present.length === 0 && !filter.withPast) {
            return (
              <Panel title="No stack yet" isTitleHidden>
                <Empty title="Nothing is deployed here yet" action={newStack}>
                  A stack is a Compose project: one or more files, and the services that they describe. What runs on your servers already can be adopted.
                </Empty>
              </Panel>
            );
          }
          if (shown.length === 0) {
            return (
              <Panel title="Stacks" isTitleHidden>
                <Empty title={`None of ${present.length} stacks fits`} action={<Button onClick={() => setQuery({ filter: null, status: null, server: null, drift: null })}>Clear the filter</Button>} />
              </Panel>
            );
          }
          return (
            <>
              {groupsOf(shown, isGrouped).map(({ title, isTitleHidden, stacks }) => (
                <Panel key={title} title={title} isTitleHidden={isTitleHidden} isFlush>
                  <StackTable
                    caption={title} withServer={!isOneServer && !isGrouped} stacks={stacks} sort={sort} isDescending={isDescending}
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
      {chosen.length > 0 && (
        <Selection
          chosen={chosen} all={shown.length} onAct={setAsked}
          onAll={() => setSelected(new Set(shown.map((stack) => stack.id)))} onClear={() => setSelected(new Set())}
        />
      )}
      {asked && (
        <SeveralStacks
          act={asked} stacks={chosen} onDone={() => setSelected(new Set())} onClose={() => setAsked(undefined)}
        />
      )}
    </Page>
  );
}
