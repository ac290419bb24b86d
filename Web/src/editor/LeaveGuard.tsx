import { useEffect, useState } from "react";
import { lazyPage } from "../app/lazyPage";
import { guardLeaving, path } from "../app/router";
import { changedFiles, staysWith } from "./draft";
import type { DraftStore } from "./draftStore";

const LeaveDialog = lazyPage(() => import("./LeaveDialog"));

/** Asks before a stack with text that is not saved is left; its own pages share the draft. */
export function LeaveGuard({ store, isChanged }: { store: DraftStore; isChanged: boolean }) {
  const [goOn, setGoOn] = useState<() => void>();
  useEffect(() => {
    if (!isChanged) return;
    guardLeaving((then, to) => {
      if (staysWith(path`/stacks/${store.stack}`, to)) return true;
      setGoOn(() => then);
      return false;
    });
    return () => guardLeaving(undefined);
  }, [store, isChanged]);
  if (goOn === undefined) return null;
  return <LeaveDialog paths={changedFiles(store.now().draft).map((file) => file.path)} save={() => store.save()} goOn={goOn} onClose={() => setGoOn(undefined)} />;
}
