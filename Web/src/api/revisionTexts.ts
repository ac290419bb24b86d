import { call } from "./client";
import { CallProblem } from "./problem";
import { filesOf, type RevisionFile } from "./revisionFiles";

/** The files that a revision kept. */
export async function revisionFiles(stack: string, number: number, signal?: AbortSignal): Promise<Map<string, RevisionFile>> {
  return filesOf(await call("GET /stacks/{stack}/revisions/{number}", { path: { stack, number: String(number) } }, { signal }));
}

export interface RevisionText {
  /** Null: it is no text, or not kept. */
  text: string | null;
  isMasked: boolean;
}

/** The text of a file as a revision has it. */
export async function revisionText(stack: string, number: number, path: string, signal?: AbortSignal): Promise<RevisionText> {
  try {
    const content = await call("GET /stacks/{stack}/revisions/{number}/file", { path: { stack, number: String(number) }, query: { path } }, { signal });
    return { text: content.text ?? null, isMasked: content.masked === true };
  } catch (error) {
    // Of a large mounted file, only its hash may have been kept.
    if (error instanceof CallProblem && error.status === 404) return { text: null, isMasked: false };
    throw error;
  }
}
