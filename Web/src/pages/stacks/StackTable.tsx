import type { Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { path } from "../../app/router";
import { Away } from "../../parts/Away";
import { Badge } from "../../parts/Badge";
import { Checkbox } from "../../parts/Checkbox";
import { LinkButton } from "../../parts/LinkButton";
import { Status } from "../../parts/Status";
import { Table, type Column } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { count } from "../../parts/format";
import { StackUsage } from "../../usage/StackUsage";
import { isDrifted, isPast, type StackSort } from "./stackView";

interface Props {
  caption: string;
  /** There are several servers. */
  withServer: boolean;
  stacks: Stack[];
  sort: StackSort;
  isDescending: boolean;
  onSort: (sort: StackSort) => void;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onOpen: (stack: Stack) => void;
}

/** One row a stack. */
export function StackTable({ caption, withServer, stacks, sort, isDescending, onSort, selected, onSelect, onOpen }: Props) {
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
      caption={caption} rows={stacks} rowKey={(stack) => stack.id} onOpen={onOpen} isGreyed={(stack) => !stack.reachable} isSelected={(stack) => selected.has(stack.id)}
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
              {isPast(stack) && <Badge>deleted</Badge>}
              {stack.busy && <Badge tone="info">{stack.busy}</Badge>}
              {isDrifted(stack) && <Badge tone="warn">drifted</Badge>}
            </span>
          ),
        },
        {
          key: "status", title: "Status", sort: sortOf("status"),
          cell: (stack) => <span><Status status={stack.status} />{!stack.reachable && <Away server={stack.server} />}</span>,
        },
        {
          key: "services", title: "Services", isNumber: true,
          cell: (stack) => stack.services > 0 && <span title={`${stack.running} of ${count(stack.containers, "container")} run`}>{stack.services_up} of {stack.services}</span>,
        },
        ...(withServer ? [{ key: "server", title: "Server", isShort: true, sort: sortOf("server"), cell: (stack: Stack) => <Link to={path`/servers/${stack.server}`}>{stack.server}</Link> }] : []),
        {
          key: "changed", title: "Revision", sort: sortOf("changed"),
          cell: (stack) => (stack.last_revision != null || stack.changed_at) && <Deployed stack={stack} />,
        },
        { key: "cpu", title: "CPU", isNumber: true, cell: (stack) => <StackUsage stack={stack} of="cpu" /> },
        { key: "memory", title: "Memory", isNumber: true, cell: (stack) => <StackUsage stack={stack} of="memory" /> },
        {
          key: "acts", title: "Go to", isTitleHidden: true,
          cell: (stack) => (
            <span className="row row-end">
              <LinkButton kind="quiet" icon="logs" iconOnly to={path`/stacks/${stack.id}/logs`}>{`Logs of ${stack.name}`}</LinkButton>
              {stack.managed
                ? <LinkButton kind="quiet" icon="edit" iconOnly to={path`/stacks/${stack.id}/compose`}>{`Files of ${stack.name}`}</LinkButton>
                : !isPast(stack) && <LinkButton to={`/stacks/new?adopt=${encodeURIComponent(stack.id)}`} name={`Adopt ${stack.id}`}>Adopt</LinkButton>}
            </span>
          ),
        },
      ]}
    />
  );
}

/** Which revision runs, and since when. */
function Deployed({ stack }: { stack: Stack }) {
  const { revision, last_revision: newest } = stack;
  return (
    <span className="nowrap">
      {revision ?? "none"}
      {newest != null && newest !== revision && <span className="muted" title="the newest revision is not the one that runs"> of {newest}</span>}
      {stack.changed_at && <span className="muted">, <Time at={stack.changed_at} /></span>}
    </span>
  );
}
