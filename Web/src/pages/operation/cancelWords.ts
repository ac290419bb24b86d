import type { Operation } from "../../api/schema";
import type { Story } from "./story";

/** What a cancelled operation would leave, as far as it has come; one sentence each. */
export function cancelWords(operation: Pick<Operation, "kind" | "state">, story: Story): string[] {
  if (operation.state === "queued") return ["It has not begun: nothing is changed."];
  if (operation.kind !== "deploy" && operation.kind !== "rollback") return ["It stops at its next safe point. What it has done until then stays."];
  const done = story.lanes.flatMap((lane) => lane.steps.filter((step) => step.state === "done" && !step.isUndo));
  const stays = done.filter((step) => step.action === "pull" || step.action === "build" || (step.action === "create" && step.target.startsWith("volume ")));
  const touched = story.lanes.filter((lane) => lane.service !== null && lane.steps.some((step) => (step.state === "done" || step.state === "running") && step.action !== "pull" && step.action !== "build"));
  return [
    touched.length === 0 ? "Nothing that runs was touched yet." : `It goes back to what ran before: ${touched.map((lane) => lane.service).join(", ")}.`,
    "New containers and networks are removed again.",
    ...(stays.length === 0 ? [] : [`These stay: ${stays.map((step) => step.target).join(", ")}.`]),
  ];
}
