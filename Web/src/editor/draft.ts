/** The files of a stack as somebody edits them: what is saved on the server, and what is not saved yet. */

export interface DraftFile {
  path: string;
  /** What the server has; null: it has no such file. */
  saved: string | null;
  /** The entity tag of `saved`. */
  tag: string | null;
  /** What stands in the editor; null: the file is to be removed. */
  text: string | null;
}

export interface Draft {
  files: DraftFile[];
}

export interface FileChange {
  path: string;
  text?: string;
  remove?: boolean;
  tag: string;
}

export const emptyDraft: Draft = { files: [] };

/** Compose files first, then environment files, then the rest by name. */
export function sortedPaths(paths: readonly string[]): string[] {
  return [...paths].sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : left > right ? 1 : 0));
}

function rank(path: string): number {
  if (/^(docker-)?compose\.ya?ml$/.test(path)) return 0;
  if (/^(docker-)?compose\.override\.ya?ml$/.test(path)) return 1;
  if (/\.ya?ml$/.test(path)) return 2;
  if (/(^|\/)\.env$|\.env$/.test(path)) return 3;
  return 4;
}

export function isChanged(file: DraftFile): boolean {
  return file.text !== file.saved;
}

export function changedFiles(draft: Draft): DraftFile[] {
  return draft.files.filter(isChanged);
}

export function fileAt(draft: Draft, path: string): DraftFile | undefined {
  return draft.files.find((file) => file.path === path);
}

/** Takes in a file as the server has it; what was typed meanwhile stays. */
export function withSaved(draft: Draft, path: string, saved: string | null, tag: string | null): Draft {
  const old = fileAt(draft, path);
  if (old === undefined) {
    return saved === null ? draft : put(draft, { path, saved, tag, text: saved });
  }
  if (isChanged(old)) return put(draft, { ...old, saved, tag });
  return saved === null ? without(draft, path) : put(draft, { path, saved, tag, text: saved });
}

export function withText(draft: Draft, path: string, text: string | null): Draft {
  const old = fileAt(draft, path);
  if (old === undefined) return text === null ? draft : put(draft, { path, saved: null, tag: null, text });
  if (text === null && old.saved === null) return without(draft, path);
  return put(draft, { ...old, text });
}

export function reverted(draft: Draft, path: string): Draft {
  const old = fileAt(draft, path);
  return old === undefined ? draft : withText(draft, path, old.saved);
}

function put(draft: Draft, file: DraftFile): Draft {
  const others = draft.files.filter((other) => other.path !== file.path);
  const byPath = new Map([...others, file].map((each) => [each.path, each]));
  return { files: sortedPaths([...byPath.keys()]).map((path) => byPath.get(path) as DraftFile) };
}

function without(draft: Draft, path: string): Draft {
  return { files: draft.files.filter((file) => file.path !== path) };
}

/** What a save sends: each change only over what was read, and a new file only where nothing is. */
export function changesOf(draft: Draft): FileChange[] {
  return changedFiles(draft).map((file) => {
    const tag = file.tag ?? "";
    return file.text === null ? { path: file.path, remove: true, tag } : { path: file.path, text: file.text, tag };
  });
}

/** What a validation or a plan of the draft sends: only what differs. */
export function draftFiles(draft: Draft): { path: string; text: string }[] {
  return changedFiles(draft).flatMap((file) => (file.text === null ? [] : [{ path: file.path, text: file.text }]));
}

/** Saved files that the draft is without. */
export function absentFiles(draft: Draft): string[] {
  return changedFiles(draft).flatMap((file) => (file.text === null ? [file.path] : []));
}

/** After a save: what was sent is what the server has. */
export function afterSave(draft: Draft, sent: readonly FileChange[], tags: Readonly<Record<string, string | null>>): Draft {
  let now = draft;
  for (const change of sent) {
    const saved = change.remove === true ? null : change.text ?? null;
    const file = fileAt(now, change.path);
    if (file === undefined) continue;
    if (saved === null && file.text === null) now = without(now, change.path);
    else now = put(now, { ...file, saved, tag: tags[change.path] ?? null });
  }
  return now;
}

/** What of a draft is kept over a reload: only what differs, with the tag that it was made from. */
export interface KeptFile {
  path: string;
  tag: string | null;
  text: string | null;
}

export function keptOf(draft: Draft): KeptFile[] {
  return changedFiles(draft).map(({ path, tag, text }) => ({ path, tag, text }));
}

/** Puts what was kept over what the server has now. `stale`: files that somebody changed on the server meanwhile. */
export function restored(draft: Draft, kept: readonly KeptFile[]): { draft: Draft; stale: string[] } {
  let now = draft;
  const stale: string[] = [];
  for (const file of kept) {
    const current = fileAt(now, file.path);
    if ((current?.tag ?? null) !== file.tag && current?.saved !== file.text) stale.push(file.path);
    now = withText(now, file.path, file.text);
  }
  return { draft: now, stale };
}

/** Whether an address still belongs to a stack's own pages, which all show its draft. */
export function staysWith(stackPath: string, to: string): boolean {
  const path = to.split("?")[0] ?? "";
  return path === stackPath || path.startsWith(`${stackPath}/`);
}
