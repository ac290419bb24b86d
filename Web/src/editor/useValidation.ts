import { call } from "../api/client";
import { absentFiles, draftFiles, fileAt, type Draft } from "./draft";
import { useChecked, type Checked } from "./useChecked";

/** What the server's parser says about the draft of a stack. */
export function useValidation(stack: string, draft: Draft, isReady: boolean): Checked {
  const files = draftFiles(draft);
  const absent = absentFiles(draft);
  // What is saved counts too: somebody else may have changed a file that is not edited here.
  const key = JSON.stringify([stack, files, absent, draft.files.map((file) => file.tag)]);
  return useChecked({
    key: isReady ? key : null, textOf: (path) => fileAt(draft, path)?.text ?? undefined,
    check: (signal) =>
      call("POST /stacks/{stack}/validate", { path: { stack }, body: { files: files.length > 0 ? files : undefined, absent: absent.length > 0 ? absent : undefined } }, { signal }),
  });
}
