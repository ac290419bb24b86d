import type { Tab } from "../../parts/Tabs";
import { path } from "../../app/router";

/** The tabs of a stack, in their order; each is a page of its own under this path. */
export function stackTabs(stack: string): Tab[] {
  return [
    { to: path`/stacks/${stack}`, text: "Services" },
    { to: path`/stacks/${stack}/logs`, text: "Logs" },
    { to: path`/stacks/${stack}/compose`, text: "Files" },
    { to: path`/stacks/${stack}/env`, text: "Env" },
    { to: path`/stacks/${stack}/plan`, text: "Plan" },
    { to: path`/stacks/${stack}/revisions`, text: "Revisions" },
    { to: path`/stacks/${stack}/events`, text: "Events" },
    { to: path`/stacks/${stack}/settings`, text: "Settings" },
  ];
}
