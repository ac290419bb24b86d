import type { DraftCalls } from "../editor/draftKeeper";
import { call } from "./client";
import { CallProblem } from "./problem";

/** The draft of a stack on the server. */
export function draftCalls(stack: string): DraftCalls {
  const path = { stack };
  return {
    async read() {
      const draft = await call("GET /stacks/{stack}/draft", { path });
      return {
        version: draft.version, author: draft.author ?? null, at: draft.updated_at ?? null,
        files: (draft.files ?? []).map((file) => ({ path: file.path, tag: file.tag ?? null, text: file.text ?? null })),
      };
    },
    async put(version, files) {
      try {
        return (await call("PUT /stacks/{stack}/draft", { path, body: { version, files: [...files] } })).version;
      } catch (error) {
        if (isChanged(error)) return null;
        throw error;
      }
    },
    async discard(version) {
      try {
        await call("DELETE /stacks/{stack}/draft", { path, query: { version } });
      } catch (error) {
        // An event tells of the other one.
        if (!isChanged(error)) throw error;
      }
    },
  };
}

function isChanged(error: unknown): boolean {
  return error instanceof CallProblem && error.code === "draft_changed";
}
