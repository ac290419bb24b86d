import type { Stack } from "../../api/schema";

export interface StackFilter {
  text: string;
  status: string[];
  server: string;
  /** Also those of which only the history is left. */
  withPast?: boolean;
  /** Only those that do not run as their revision says. */
  isDrifted?: boolean;
}

export type StackSort = "name" | "status" | "server" | "changed";

/** What needs a look comes first. */
const RANK: Record<Stack["status"], number> = { unhealthy: 0, partial: 1, unknown: 2, starting: 3, stopped: 4, running: 5, down: 6 };

/** Whether only its revisions are left: neither files nor containers. */
export function isPast(stack: Stack): boolean {
  return !stack.managed && stack.containers === 0;
}

/** Whether what runs is not what its revision says; of one that was stopped its status says it. */
export function isDrifted(stack: Stack): boolean {
  return stack.drifted === true && !stack.busy && stack.status !== "stopped";
}

/** Stacks that fit a filter, in order. */
export function shownStacks(stacks: Stack[], filter: StackFilter, sort: StackSort, isDescending: boolean): Stack[] {
  const text = filter.text.trim().toLowerCase();
  const fitting = stacks.filter(
    (stack) =>
      (filter.withPast || !isPast(stack)) &&
      (!filter.isDrifted || isDrifted(stack)) &&
      (!text || stack.id.toLowerCase().includes(text)) &&
      (filter.status.length === 0 || filter.status.includes(stack.status)) &&
      (!filter.server || stack.server === filter.server),
  );
  const direction = isDescending ? -1 : 1;
  return fitting.sort((one, other) => direction * compared(one, other, sort) || one.id.localeCompare(other.id));
}

function compared(one: Stack, other: Stack, sort: StackSort): number {
  switch (sort) {
    case "name": return one.name.localeCompare(other.name);
    case "server": return one.server.localeCompare(other.server);
    case "status": return RANK[one.status] - RANK[other.status];
    case "changed": return (one.changed_at ?? "").localeCompare(other.changed_at ?? "");
  }
}

/** How many stacks have each status. */
export function statusCounts(stacks: Stack[]): Map<Stack["status"], number> {
  const counts = new Map<Stack["status"], number>();
  for (const stack of stacks) counts.set(stack.status, (counts.get(stack.status) ?? 0) + 1);
  return new Map([...counts].sort(([one], [other]) => RANK[one] - RANK[other]));
}

/** How many stacks each server has, by name. */
export function serversOf(stacks: Stack[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const stack of stacks) counts.set(stack.server, (counts.get(stack.server) ?? 0) + 1);
  return new Map([...counts].sort(([one], [other]) => one.localeCompare(other)));
}

export interface StackGroup {
  title: string;
  /** The page's own title says it. */
  isTitleHidden: boolean;
  stacks: Stack[];
}

/** What is managed, by server where that is asked for; then what runs without Slipway; then what is only history. */
export function groupsOf(stacks: Stack[], byServer: boolean): StackGroup[] {
  const managed = stacks.filter((stack) => stack.managed);
  const foreign = stacks.filter((stack) => !stack.managed && !isPast(stack));
  const past = stacks.filter(isPast);
  const groups: StackGroup[] = byServer
    ? [...serversOf(managed).keys()].map((server) => ({ title: server, isTitleHidden: false, stacks: managed.filter((stack) => stack.server === server) }))
    : [{ title: "Stacks", isTitleHidden: true, stacks: managed }];
  return [
    ...groups,
    { title: "Running without Slipway", isTitleHidden: false, stacks: foreign },
    { title: "Deleted, with their history", isTitleHidden: false, stacks: past },
  ].filter((group) => group.stacks.length > 0);
}
