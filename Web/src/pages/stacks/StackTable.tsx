import type { Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { path } from "../../app/router";
import { Badge } from "../../parts/Badge";
import { Checkbox } from "../../parts/Checkbox";
import { LinkButton } from "../../parts/LinkButton";
import { Status } from "../../parts/Status";
import { Table, type Column } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { isPast, type StackSort } from "./stackView";

interface Props {
  stacks: Stack[];
  sort: StackSort;
  isDescending: boolean;
  onSort: (sort: StackSort) => void;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onOpen: (stack: Stack) => void;
}

/** One row a stack. */
export function StackTable({ stacks, sort, isDescending, onSort, selected, onSelect, onOpen }: Props) {
  const sortOf = (key: StackSort): Column<Stack>["sort"] => ({
    direction: key !== sort ? "none" : isDescending ? "descending" : "ascending", onSort: () => onSort(key),
  });
  function select(stack: Stack, isOn: boolean): void {
    const next = new Set(selected);
    if (isOn) next.add(stack.id);
    else next.delete(stack.id);
    onSelect(next);
  }
  return (
    <Table
      caption="Stacks" rows={stacks} rowKey={(stack) => stack.id} onOpen={onOpen} isGreyed={(stack) => !stack.reachable} isSelected={(stack) => selected.has(stack.id)}
      columns={[
        {
          key: "select", title: "Select", isTitleHidden: true, className: "narrow",
          cell: (stack) => <Checkbox label={`Select ${stack.id}`} isLabelHidden isOn={selected.has(stack.id)} onChange={(isOn) => select(stack, isOn)} />,
        },
        {
          key: "name", title: "Name", isName: true, sort: sortOf("name"),
          cell: (stack) => (
            <span className="row">
              <Link to={path`/stacks/${stack.id}`}>{stack.name}</Link>
              {!stack.managed && <Badge>{isPast(stack) ? "deleted" : "not managed"}</Badge>}
              {stack.busy && <Badge tone="info">{stack.busy}</Badge>}
            </span>
          ),
        },
        {
          key: "status", title: "Status", sort: sortOf("status"),
          cell: (stack) => <span><Status status={stack.status} />{!stack.reachable && <span className="small"> · {stack.server} is away</span>}</span>,
        },
        { key: "containers", title: "Running", isNumber: true, cell: (stack) => `${stack.running}/${stack.containers}` },
        { key: "services", title: "Services", isNumber: true, cell: (stack) => stack.services },
        { key: "server", title: "Server", sort: sortOf("server"), cell: (stack) => <Link to={path`/servers/${stack.server}`}>{stack.server}</Link> },
        {
          key: "revision", title: "Revision", isNumber: true,
          cell: (stack) =>
            stack.revision == null && stack.last_revision == null ? "–"
            : stack.revision === stack.last_revision ? stack.revision
            : <span title="the newest revision is not the one that runs">{stack.revision ?? "none"} <span className="muted">of {stack.last_revision}</span></span>,
        },
        { key: "changed", title: "Changed", sort: sortOf("changed"), cell: (stack) => (stack.changed_at ? <Time at={stack.changed_at} /> : "–") },
        {
          key: "acts", title: "Go to", isTitleHidden: true,
          cell: (stack) => (
            <span className="row row-end">
              <LinkButton kind="quiet" icon="logs" iconOnly to={path`/stacks/${stack.id}/logs`}>{`Logs of ${stack.name}`}</LinkButton>
              {stack.managed
                ? <LinkButton kind="quiet" icon="edit" iconOnly to={path`/stacks/${stack.id}/compose`}>{`Files of ${stack.name}`}</LinkButton>
                : !isPast(stack) && <LinkButton kind="quiet" icon="plus" iconOnly to={`/stacks/new?adopt=${encodeURIComponent(stack.id)}`}>{`Adopt ${stack.name}`}</LinkButton>}
            </span>
          ),
        },
      ]}
    />
  );
}
