import { call } from "../../api/client";
import { Note } from "../../parts/Note";
import { ProblemNote } from "../../parts/ProblemNote";
import { useLive } from "../../stream/live";

/** Whether the log is as it was written. */
export function ChainState() {
  const live = useLive("audit:chain", (signal) => call("GET /audit/verify", undefined, { signal }));
  if (live.problem) return <ProblemNote title="The log could not be checked" problem={live.problem} retry={live.reload} />;
  if (live.value === undefined) return null;
  return <Note kind={live.value.intact ? "ok" : "danger"} title={live.value.intact ? "The log is whole." : "The log was changed."}>{live.value.text}</Note>;
}
