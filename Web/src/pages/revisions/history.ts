import type { Revision } from "../../api/schema";

export interface ImageChange {
  service: string;
  before: string | null;
  after: string | null;
}

/** The images that a revision changed against the one that ran before it. */
export function imageChanges(revision: Revision, before: Revision | undefined): ImageChange[] {
  const names = new Set([...Object.keys(revision.images), ...Object.keys(before?.images ?? {})]);
  return [...names].sort().flatMap((service) => {
    const [old, now] = [before?.images[service], revision.images[service]];
    if (old?.id === now?.id && old?.reference === now?.reference) return [];
    return [{ service, before: old?.reference ?? null, after: now?.reference ?? null }];
  });
}

/** The newest revision that was deployed before this one; the list is newest first. */
export function deployedBefore(revisions: readonly Revision[], number: number): Revision | undefined {
  return revisions.find((revision) => revision.number < number && revision.outcome === "deployed");
}

/** "rollback of 3", "adopted", "deploy". */
export function kindText(revision: Pick<Revision, "kind" | "from">): string {
  switch (revision.kind) {
    case "rollback": return revision.from == null ? "rollback" : `rollback to ${revision.from}`;
    case "adopt": return "adopted";
    case "restored": return "brought back";
    case "deploy": return "deploy";
  }
}

/** The word of a status for an outcome. */
export function statusOf(outcome: Revision["outcome"]): { status: string; word: string } {
  switch (outcome) {
    case "pending": return { status: "applying", word: "deploying" };
    case "deployed": return { status: "done", word: "deployed" };
    case "rolled_back": return { status: "rolled_back", word: "rolled back" };
    case "failed": return { status: "failed", word: "failed" };
    case "cancelled": return { status: "cancelled", word: "cancelled" };
  }
}

/** Two chosen revisions in their order; a third takes the place of the one chosen first. */
export function choose(chosen: readonly number[], number: number): number[] {
  if (chosen.includes(number)) return chosen.filter((other) => other !== number);
  return [...chosen, number].slice(-2);
}
