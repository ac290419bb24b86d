/** The draft of one stack's files: kept while the tab lives, whatever page is shown, and over a reload. */
import { call } from "../api/client";
import { serverNow } from "../api/clock";
import { draftCalls } from "../api/drafts";
import { asProblem, CallProblem, refusedHere } from "../api/problem";
import type { File as FileEntry, Problem } from "../api/schema";
import {
  afterSave, changedFiles, changesOf, emptyDraft, fileAt, isChanged, keptOf, restored, reverted, withSaved, withText, type Draft, type KeptFile,
} from "./draft";
import { DraftKeeper, type DraftCalls, type KeeperState } from "./draftKeeper";

export interface DraftState {
  draft: Draft;
  /** What is in the stack's folder; undefined: not loaded yet. */
  listing: FileEntry[] | undefined;
  problem: Problem | undefined;
  /** Files that are no text, too large, or not for us; with the reason. */
  closed: Readonly<Record<string, string>>;
  /** Files that were changed on the server while they were edited here. */
  stale: readonly string[];
  /** Who changed something last, by the event that told it. */
  changedBy: string | null;
  changedAt: number | null;
  isSaving: boolean;
  isMasked: boolean;
  /** What the server keeps of it; undefined: not for who may not edit. */
  keeping: KeeperState | undefined;
}

/** What a tab remembers over a reload: the draft, and which one of the server it was made from. */
interface KeptInTab {
  version: number;
  files: KeptFile[];
}

/** Larger files are not opened in a browser. */
const sizeLimit = 1 << 20;

const initial: DraftState = {
  draft: emptyDraft, listing: undefined, problem: undefined, closed: {}, stale: [], changedBy: null, changedAt: null, isSaving: false, isMasked: false, keeping: undefined,
};

export class DraftStore {
  private state = initial;
  private readonly listeners = new Set<() => void>();
  private readonly opening = new Map<string, Promise<void>>();
  private kept: KeptInTab;
  private readonly keeper: DraftKeeper | undefined;

  constructor(readonly stack: string, private readonly storageKey: string, private readonly storage: Storage | undefined, drafts?: DraftCalls) {
    this.kept = this.readKept();
    const keeper: DraftKeeper | undefined = drafts && new DraftKeeper(drafts, () => this.set({ keeping: keeper?.state }));
    this.keeper = keeper;
  }

  readonly now = (): DraftState => this.state;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Loads the list of files, and those that a deploy reads first; the draft, or what was typed before a reload, is put over them. */
  async load(): Promise<void> {
    try {
      const { items } = await call("GET /stacks/{stack}/files", { path: { stack: this.stack } });
      this.set({ listing: items, problem: undefined });
      const first = items.filter((item) => isFirst(item)).map((item) => item.path);
      const [kept] = await Promise.all([this.openKept(), ...first.map((path) => this.open(path))]);
      await this.putOver(kept);
      this.kept = { version: 0, files: [] };
      if (kept.length > 0) this.put(this.state.draft);
    } catch (error) {
      this.set({ problem: asProblem(error) });
    }
  }

  /** Loads a file's text where it is not there yet. */
  open(path: string): Promise<void> {
    if (fileAt(this.state.draft, path) !== undefined || this.state.closed[path] !== undefined) return Promise.resolve();
    const running = this.opening.get(path) ?? this.read(path).finally(() => this.opening.delete(path));
    this.opening.set(path, running);
    return running;
  }

  /** Looks at the server's files again: somebody has changed them. */
  async refresh(changedBy: string | null, paths: readonly string[]): Promise<void> {
    const { items } = await call("GET /stacks/{stack}/files", { path: { stack: this.stack } });
    this.set({ listing: items });
    const known = this.state.draft.files.filter((file) => {
      const entry = items.find((item) => item.path === file.path);
      return (entry?.tag ?? null) !== file.tag && (paths.length === 0 || paths.includes(file.path));
    });
    const edited = changedFiles(this.state.draft).map((file) => file.path);
    await Promise.all(known.map((file) => this.read(file.path)));
    const stale = known.map((file) => file.path).filter((path) => edited.includes(path) && changedFiles(this.state.draft).some((file) => file.path === path));
    if (known.length > 0) this.set({ changedBy, changedAt: serverNow(), stale: [...new Set([...this.state.stale, ...stale])] });
  }

  edit(path: string, text: string): void {
    // Who goes on typing has read it.
    if (this.state.stale.length === 0) this.set({ changedBy: null });
    this.put(withText(this.state.draft, path, text));
  }

  remove(path: string): void {
    this.put(withText(this.state.draft, path, null));
  }

  /** Takes a file back to what the server has. */
  revert(path: string): void {
    this.set({ stale: this.state.stale.filter((other) => other !== path) });
    this.put(reverted(this.state.draft, path));
  }

  discard(): void {
    let { draft } = this.state;
    for (const file of changedFiles(draft)) draft = reverted(draft, file.path);
    this.set({ stale: [], changedBy: null });
    this.put(draft);
  }

  /** Keeps what was typed over what somebody else saved. */
  keepMine(): void {
    this.set({ stale: [], changedBy: null });
    this.put(this.state.draft);
  }

  /** Does not wait for the next pause: the page may go. Gives whether the server has all that was typed. */
  async keepNow(): Promise<boolean> {
    await this.keeper?.keep();
    return this.keeper?.state.isKept === true && this.keeper.state.other === null;
  }

  /** An event has told that the draft on the server is another one. */
  async heardDraft(version: number): Promise<void> {
    await this.keeper?.heard(version);
  }

  /** Takes the draft that somebody else has kept meanwhile. */
  async takeTheirDraft(): Promise<void> {
    if (this.keeper === undefined) return;
    const files = this.keeper.takeTheirs();
    let { draft } = this.state;
    for (const file of changedFiles(draft)) draft = reverted(draft, file.path);
    this.set({ draft });
    await this.putOver(files);
    this.put(this.state.draft);
  }

  /** Goes on with this draft over theirs. */
  async keepMyDraft(): Promise<void> {
    await this.keeper?.takeOver();
  }

  /**
   * Writes all that differs, or nothing. Throws `CallProblem`; on 412 the server's files are loaded anew. What somebody else has changed
   * meanwhile is written over by nobody who has not chosen to.
   */
  async save(): Promise<void> {
    const changes = changesOf(this.state.draft);
    if (changes.length === 0) return;
    const overtaken = changes.map((change) => change.path).filter((path) => this.state.stale.includes(path));
    if (overtaken.length > 0) {
      throw refusedHere("overtaken", `${overtaken.join(", ")} was changed on the server while you edit it.`, "Compare both under Files, then take theirs or take over.");
    }
    this.set({ isSaving: true });
    try {
      const { tags } = await call("PATCH /stacks/{stack}/files", { path: { stack: this.stack }, body: { changes } });
      this.put(afterSave(this.state.draft, changes, tags));
      await this.keeper?.keep();
      const { items } = await call("GET /stacks/{stack}/files", { path: { stack: this.stack } });
      this.set({ listing: items });
    } catch (error) {
      if (error instanceof CallProblem && error.status === 412) await this.refresh(null, []).catch(() => undefined);
      throw error;
    } finally {
      this.set({ isSaving: false });
    }
  }

  /** Writes a file that is no text at once: it cannot be a draft. */
  async putBytes(path: string, base64: string): Promise<void> {
    const tag = this.state.listing?.find((item) => item.path === path)?.tag ?? "";
    await call("PATCH /stacks/{stack}/files", { path: { stack: this.stack }, body: { changes: [{ path, base64, tag }] } });
    await this.refresh(null, [path]);
  }

  private async read(path: string): Promise<void> {
    const entry = this.state.listing?.find((item) => item.path === path);
    if (entry === undefined) return this.takeIn(path, null, null);
    if (entry.size > sizeLimit) return this.close(path, "It is too large to be shown here.");
    try {
      const content = await call("GET /stacks/{stack}/file", { path: { stack: this.stack }, query: { path } });
      // Zeros are UTF-8 too, and no text that could be edited.
      if (content.text == null || content.text.includes("\0")) return this.close(path, "It is no text.");
      if (content.masked === true) this.set({ isMasked: true });
      this.takeIn(path, content.text, entry.tag ?? null);
    } catch (error) {
      this.close(path, asProblem(error).detail);
    }
  }

  /** A file as the server has it now. One that is edited here is marked in the same moment: with the new tag a save would write over it. */
  private takeIn(path: string, saved: string | null, tag: string | null): void {
    const old = fileAt(this.state.draft, path);
    const draft = withSaved(this.state.draft, path, saved, tag);
    const now = fileAt(draft, path);
    const isOvertaken = old !== undefined && old.tag !== tag && now !== undefined && isChanged(now);
    this.set({ draft, stale: isOvertaken ? [...new Set([...this.state.stale, path])] : this.state.stale });
  }

  private close(path: string, reason: string): void {
    this.set({ closed: { ...this.state.closed, [path]: reason } });
  }

  /** The server's draft or the tab's; where the server cannot be asked for it, the tab's counts. */
  private async openKept(): Promise<readonly KeptFile[]> {
    const { files, version } = this.kept;
    return (await this.keeper?.open(files, version).catch(() => undefined)) ?? files;
  }

  private async putOver(files: readonly KeptFile[]): Promise<void> {
    await Promise.all(files.map((file) => this.open(file.path)));
    const { draft, stale } = restored(this.state.draft, files);
    this.set({ draft, stale });
  }

  private put(draft: Draft): void {
    this.set({ draft });
    const files = keptOf(draft);
    this.keeper?.typed(files);
    const inTab: KeptInTab = { version: this.keeper?.version ?? 0, files };
    try {
      if (files.length === 0) this.storage?.removeItem(this.storageKey);
      else this.storage?.setItem(this.storageKey, JSON.stringify(inTab));
    } catch {
      // A full or forbidden storage: the draft lives as long as the page does.
    }
  }

  private readKept(): KeptInTab {
    const none = { version: 0, files: [] };
    try {
      const kept = JSON.parse(this.storage?.getItem(this.storageKey) ?? "null") as KeptInTab | null;
      return Array.isArray(kept?.files) ? (kept as KeptInTab) : none;
    } catch {
      return none;
    }
  }

  private set(change: Partial<DraftState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function isFirst(entry: FileEntry): boolean {
  return !entry.folder && /^([^/]*\.ya?ml|\.env|[^/]*\.env)$/.test(entry.path);
}

const stores = new Map<string, DraftStore>();

/** The draft of a stack for whoever is logged in. */
export function draftStoreOf(stack: string, user: string, mayEdit: boolean): DraftStore {
  const key = `slipway.draft ${user} ${stack}`;
  const place = `${key} ${mayEdit}`;
  const known = stores.get(place);
  if (known !== undefined) return known;
  const made = new DraftStore(stack, key, typeof sessionStorage === "undefined" ? undefined : sessionStorage, mayEdit ? draftCalls(stack) : undefined);
  stores.set(place, made);
  void made.load();
  return made;
}
