/** What differs between two models of a stack, as the API tells it for revisions and for drift. */

export interface ModelEntry {
  /** `service`, `network`, `volume`, `config`, `secret` and what else the model has. */
  section: string;
  name: string;
  kind: "added" | "removed" | "changed";
  changes: AttributeChange[];
}

export interface AttributeChange {
  path: string;
  before: string | null;
  after: string | null;
}

export type Topic = "all" | "model" | "environment" | "images";

/** Takes only what has the form of a difference: the API's document leaves the members open, and operations leave out what is null. */
export function entriesOf(differences: readonly unknown[]): ModelEntry[] {
  return differences.filter(isEntry).map((entry) => ({
    ...entry, changes: entry.changes.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null })),
  }));
}

function isEntry(value: unknown): value is ModelEntry {
  return typeof value === "object" && value !== null && "section" in value && "name" in value && "kind" in value && "changes" in value && Array.isArray((value as ModelEntry).changes);
}

export function topicOf(change: AttributeChange): Exclude<Topic, "all"> {
  if (change.path === "environment" || change.path.startsWith("environment.")) return "environment";
  if (change.path === "image" || change.path === "image digest") return "images";
  return "model";
}

/** The entries with what belongs to a topic; what was added or removed as a whole belongs to the model. */
export function entriesAbout(entries: readonly ModelEntry[], topic: Topic): ModelEntry[] {
  if (topic === "all") return [...entries];
  return entries.flatMap((entry) => {
    const changes = entry.changes.filter((change) => topicOf(change) === topic);
    const isWhole = entry.kind !== "changed" && topic === "model";
    return changes.length > 0 || isWhole ? [{ ...entry, changes }] : [];
  });
}

/** How many changes each topic has. */
export function countTopics(entries: readonly ModelEntry[]): Record<Topic, number> {
  const counts: Record<Topic, number> = { all: 0, model: 0, environment: 0, images: 0 };
  for (const entry of entries) {
    if (entry.kind !== "changed" && entry.changes.length === 0) {
      counts.model += 1;
      counts.all += 1;
    }
    for (const change of entry.changes) {
      counts[topicOf(change)] += 1;
      counts.all += 1;
    }
  }
  return counts;
}
