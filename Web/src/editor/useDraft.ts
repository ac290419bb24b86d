import { useEffect, useSyncExternalStore } from "react";
import { may, useSession } from "../app/session";
import { useEvents } from "../stream/live";
import { useLink } from "../stream/stream";
import { changedFiles } from "./draft";
import { draftStoreOf, type DraftState, type DraftStore } from "./draftStore";

/** The draft of a stack, kept true by events; closing the tab with unsaved text asks. */
export function useDraft(stack: string): { store: DraftStore; state: DraftState; isChanged: boolean } {
  const { session } = useSession();
  const [name, server] = stack.split("@");
  const store = draftStoreOf(stack, session.username, may(session, "operator", { stack: name, server }));
  const state = useSyncExternalStore(store.listen, store.now);
  const isChanged = changedFiles(state.draft).length > 0;
  useEvents((event) => {
    if (event.event === "reset") void store.refresh(null, []).catch(() => undefined);
    if (`${event.stack}@${event.server}` !== stack) return;
    if (event.event === "stack.draft") void store.heardDraft(Number(event.version)).catch(() => undefined);
    if (event.event !== "stack.files" || state.isSaving) return;
    const paths = Array.isArray(event.files) ? event.files.map(String) : [];
    void store.refresh(typeof event.by === "string" ? event.by : null, paths).catch(() => undefined);
  });
  // What could not be kept while the server was away.
  const link = useLink().state;
  useEffect(() => {
    if (link === "live" && store.now().keeping?.failure !== undefined) void store.keepNow();
  }, [store, link]);
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    const hide = () => void (document.hidden && store.keepNow());
    addEventListener("beforeunload", ask);
    document.addEventListener("visibilitychange", hide);
    return () => {
      removeEventListener("beforeunload", ask);
      document.removeEventListener("visibilitychange", hide);
      void store.keepNow();
    };
  }, [store, isChanged]);
  return { store, state, isChanged };
}
