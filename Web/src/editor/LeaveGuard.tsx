import { useEffect, useState } from "react";
import { lazyPage } from "../app/lazyPage";
import { guardLeaving, path } from "../app/router";
import { changedFiles, staysWith } from "./draft";
import { useDraft } from "./useDraft";

const LeaveDialog = lazyPage(() => import("./LeaveDialog"));

/** Asks before a stack with text that is not saved is left; its own pages share the draft. */
export function LeaveGuard({ stack }: { stack: string }) {
  const { store, state, isChanged } = useDraft(stack);
  const [goOn, setGoOn] = useState<() => void>();
  useEffect(() => {
    if (!isChanged) return;
    guardLeaving((then, to) => {
      if (staysWith(path`/stacks/${stack}`, to)) return true;
      setGoOn(() => then);
      return false;
    });
    return () => guardLeaving(undefined);
  }, [stack, isChanged]);
  if (goOn === undefined) return null;
  return <LeaveDialog paths={changedFiles(state.draft).map((file) => file.path)} save={() => store.save()} goOn={goOn} onClose={() => setGoOn(undefined)} />;
}
