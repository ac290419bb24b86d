import { useState } from "react";
import { useOperations } from "../../api/operations";
import type { Stack } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { setQuery, useQuery } from "../../app/router";
import { Badge } from "../../parts/Badge";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { Skeleton } from "../../parts/Skeleton";
import { exactText } from "../../parts/format";
import { RecentOperations } from "../overview/RecentOperations";
import { StackPage } from "./StackPage";
import { useContainerEvents } from "./useContainerEvents";

const RANGES = [
  { value: "1", label: "Last hour" },
  { value: "24", label: "Last 24 hours" },
  { value: "168", label: "Last 7 days" },
];

/** What happened to the containers of a stack, in the engine's words, and what was done with it. */
export default function StackEvents({ params }: PageProps) {
  const id = params.stack ?? "";
  return <StackPage stack={id} tab="events" name="Events">{(stack) => <Events stack={stack} />}</StackPage>;
}

function Events({ stack }: { stack: Stack }) {
  const hours = useQuery().get("hours") ?? "24";
  const operations = useOperations({ stack: stack.id });
  return (
    <div className="columns">
      <Panel
        title="Containers" isFlush
        actions={<Select label="Range" isLabelHidden value={hours} options={RANGES} onChange={(value) => setQuery({ hours: value === "24" ? null : value })} />}
      >
        <EventList key={hours} stack={stack} hours={Number(hours) || 24} />
      </Panel>
      <Panel title="Operations" isFlush>
        <Loaded live={operations}>{(list) => <RecentOperations operations={list} />}</Loaded>
      </Panel>
    </div>
  );
}

function EventList({ stack, hours }: { stack: Stack; hours: number }) {
  const [since] = useState(() => new Date(Date.now() - hours * 3_600_000).toISOString());
  const { events, hasBegun, problem } = useContainerEvents(stack.id, since);
  if (problem) return <ProblemNote problem={problem} />;
  if (!hasBegun) return <Skeleton lines={6} waitingFor={stack.server} />;
  if (events.length === 0) return <Empty title="Nothing happened in this time">The engine keeps only its last events, and none from before its own start.</Empty>;
  return (
    <ol className="plain-list" aria-label="Events, newest first">
      {events.map((event) => (
        <li key={event.key}>
          <span className="numbers muted">{exactText(event.at)}</span>
          <span className="grow"><b>{event.service}</b> {event.action} <span className="muted">{event.container}</span></span>
          {event.exitCode !== null && <Badge tone={event.exitCode === "0" ? "muted" : "danger"}>exit {event.exitCode}</Badge>}
        </li>
      ))}
    </ol>
  );
}
