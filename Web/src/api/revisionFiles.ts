import type { RevisionDetail } from "./schema";

/** A file that a revision kept, by its path within the stack's folder. */
export interface RevisionFile {
  path: string;
  tag: string | null;
  size: number | null;
}

/** The files of a revision that lie in the stack's own folder, by path. */
export function filesOf(detail: Pick<RevisionDetail, "files" | "working_directory">): Map<string, RevisionFile> {
  const folder = `${detail.working_directory}/`;
  const files = new Map<string, RevisionFile>();
  for (const file of detail.files) {
    if (file.path.startsWith("/") && !file.path.startsWith(folder)) continue;
    const path = file.path.replace(folder, "");
    files.set(path, { path, tag: file.tag ?? null, size: file.size ?? null });
  }
  return files;
}

/** Paths whose text can differ: in one of both only, or with another tag. Without tags nobody can tell. */
export function differingPaths(before: ReadonlyMap<string, RevisionFile>, after: ReadonlyMap<string, RevisionFile>): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.filter((path) => {
    const [left, right] = [before.get(path), after.get(path)];
    return left === undefined || right === undefined || left.tag === null || left.tag !== right.tag;
  });
}
