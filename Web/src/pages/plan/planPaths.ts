import type { File as FileEntry } from "../../api/schema";
import { changedFiles, sortedPaths, type Draft } from "../../editor/draft";

/** The files that a plan is about: those that the running revision kept, what the draft changes, and Compose and environment files. */
export function planPaths(draft: Draft, listing: readonly FileEntry[], kept: ReadonlyMap<string, unknown> | undefined): string[] {
  const first = listing.filter((entry) => !entry.folder && /^(docker-)?compose(\.override)?\.ya?ml$|^\.env$/.test(entry.path)).map((entry) => entry.path);
  return sortedPaths([...new Set([...(kept?.keys() ?? []), ...changedFiles(draft).map((file) => file.path), ...first])]);
}
