import type { Revision } from "../api/schema";
import { imagesToPull, type PlanStep } from "./planGroups";

export interface ImageRow {
  service: string;
  before: { reference: string; digest: string | null } | null;
  /** The digest is known of revisions only: a tag may have become another image. */
  after: { reference: string; digest: string | null } | null;
  isChanged: boolean;
  isPulled: boolean;
}

type Images = Revision["images"];

/** The image of each service: now, and after the plan. `target`: of the revision that is gone back to. */
export function imageRows(running: Images, steps: readonly PlanStep[], target: Images | null = null): ImageRow[] {
  const pulls = new Set(imagesToPull(steps).map((pull) => pull.image));
  const planned = changedImages(steps);
  const gone = new Set(steps.filter((step) => step.action === "remove" && step.cause.includes("no such service")).map((step) => step.service));
  const services = [...new Set([...Object.keys(running), ...planned.keys(), ...Object.keys(target ?? {})])].sort();
  return services.map((service) => {
    const now = running[service];
    const before = now === undefined ? null : { reference: now.reference, digest: digestOf(now) };
    const after = target === null ? afterPlan(before, planned.get(service), gone.has(service)) : afterRollback(target[service]);
    return {
      service, before, after, isPulled: after !== null && pulls.has(after.reference),
      isChanged: before?.reference !== after?.reference || (before?.digest !== after?.digest && after?.digest != null),
    };
  });
}

function afterPlan(before: ImageRow["before"], reference: string | undefined, isGone: boolean): ImageRow["after"] {
  if (isGone) return null;
  if (reference === undefined) return before;
  return { reference, digest: null };
}

function afterRollback(image: Images[string] | undefined): ImageRow["after"] {
  return image === undefined ? null : { reference: image.reference, digest: digestOf(image) };
}

function digestOf(image: Images[string]): string {
  return image.digest?.split("@").pop() ?? image.id;
}

/** By service, as the causes of its steps say it: `image: a -> b`. */
function changedImages(steps: readonly PlanStep[]): Map<string, string> {
  const images = new Map<string, string>();
  for (const step of steps) {
    for (const cause of step.service === null ? [] : step.cause.split("; ")) {
      const found = /^image: (?:\S+ -> |\+ )(\S+)$/.exec(cause)?.[1];
      if (found !== undefined && step.service !== null) images.set(step.service, found);
    }
  }
  return images;
}
