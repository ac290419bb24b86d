/** The steps of a plan by service, each service with what happens to it in one word. */

export interface PlanStep {
  number: number;
  phase: string;
  action: string;
  target: string;
  service: string | null;
  cause: string;
  after: number[];
  downtime: boolean;
  dataLoss: boolean;
}

export type Verdict = "create" | "recreate" | "restart" | "start" | "stop" | "remove" | "change" | "keep";

export interface ServiceGroup {
  /** Null: networks, volumes, images and what else belongs to no service. */
  service: string | null;
  verdict: Verdict;
  /** Why, each cause once, in the order of the plan. */
  causes: string[];
  downtime: boolean;
  dataLoss: boolean;
  steps: PlanStep[];
}

/** Causes that tell how something is done, not why. */
const mechanical = new Set(["health gate", "takes the name", "kept until the new one is proved", "replaced"]);

export function groupsOf(steps: readonly PlanStep[]): ServiceGroup[] {
  const byService = new Map<string | null, PlanStep[]>();
  for (const step of steps) {
    const group = byService.get(step.service);
    if (group === undefined) byService.set(step.service, [step]);
    else group.push(step);
  }
  return [...byService.entries()]
    .map(([service, own]) => ({
      service, verdict: service === null ? "change" as const : verdictOf(own), causes: causesOf(own),
      downtime: own.some((step) => step.downtime), dataLoss: own.some((step) => step.dataLoss), steps: own,
    }))
    .sort(byName);
}

function byName(left: ServiceGroup, right: ServiceGroup): number {
  if (left.service === null || right.service === null) return left.service === null ? (right.service === null ? 0 : 1) : -1;
  return left.service < right.service ? -1 : left.service > right.service ? 1 : 0;
}

/** What the steps of one service come to. */
export function verdictOf(steps: readonly PlanStep[]): Verdict {
  const has = (action: string) => steps.some((step) => step.action === action && isContainer(step));
  if (has("create")) return has("remove") || has("stop") ? "recreate" : "create";
  if (has("remove")) return "remove";
  if (has("stop")) return has("start") ? "restart" : "stop";
  if (has("start") || has("unpause")) return "start";
  if (steps.every((step) => step.action === "wait")) return "keep";
  return "change";
}

function isContainer(step: PlanStep): boolean {
  return /^(new )?container\b/.test(step.target);
}

function causesOf(steps: readonly PlanStep[]): string[] {
  const causes = new Set(steps.map((step) => step.cause).filter((cause) => cause !== "" && !mechanical.has(cause)));
  return [...causes];
}

/** How often each verdict occurs, for the line above the plan: "2 recreate, 1 create". */
export function countVerdicts(groups: readonly ServiceGroup[]): [Verdict, number][] {
  const order: Verdict[] = ["remove", "recreate", "create", "restart", "stop", "start", "change", "keep"];
  return order
    .map((verdict): [Verdict, number] => [verdict, groups.filter((group) => group.service !== null && group.verdict === verdict).length])
    .filter(([, count]) => count > 0);
}

/** Images that must come from a registry first. */
export function imagesToPull(steps: readonly PlanStep[]): { image: string; cause: string }[] {
  return steps.filter((step) => step.action === "pull").map((step) => ({ image: step.target.replace(/^image /, ""), cause: step.cause }));
}
