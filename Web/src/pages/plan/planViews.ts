import type { Plan } from "../../api/schema";
import type { Intent } from "../../plan/intent";
import { imagesToPull } from "../../plan/planGroups";

export type PlanViewName = "steps" | "files" | "model" | "images";

export interface PlanViewChoice {
  show: PlanViewName;
  text: string;
  count?: number;
}

/** The views of a plan. With that of a deploy comes what differs in the model, where a revision runs; two revisions can be compared whole. */
export function planViews(intent: Intent, plan: Pick<Plan, "steps" | "differences">, running: number | null): PlanViewChoice[] {
  const pulls = imagesToPull(plan.steps).length;
  return [
    { show: "steps", text: "Steps", count: plan.steps.length },
    ...(intent.kind === "deploy" || running !== null ? [{ show: "files" as const, text: "Files" }] : []),
    ...(intent.kind === "rollback" && running !== null ? [{ show: "model" as const, text: "Model" }] : []),
    ...(intent.kind === "deploy" && plan.differences !== undefined ? [{ show: "model" as const, text: "Model", count: plan.differences.length }] : []),
    { show: "images", text: pulls === 0 ? "Images" : `Images, ${pulls} to pull` },
  ];
}

/** The view that an address asks for, the steps where it is none. */
export function planViewOf(views: readonly PlanViewChoice[], asked: string | null): PlanViewName {
  return views.find((each) => each.show === asked)?.show ?? "steps";
}
