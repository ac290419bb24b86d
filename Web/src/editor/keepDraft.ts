import { toast } from "../parts/toasts";
import type { DraftStore } from "./draftStore";

/** Ctrl+S: what was typed goes to the server's draft now, and not when no key follows. Why it could not be kept stands beside the files. */
export async function keepDraft(store: DraftStore): Promise<void> {
  if (await store.keepNow()) toast("The draft is kept. No file is saved and nothing is deployed by that.");
}
