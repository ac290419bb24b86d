/** Keeps a draft on the server, one for all who edit the stack: who has not seen the newest one writes over nothing. */
import type { KeptFile } from "./draft";

/** The draft that the server has; version 0: none. */
export interface ServerDraft {
  version: number;
  author: string | null;
  at: string | null;
  files: KeptFile[];
}

export interface KeeperState {
  /** Somebody else has changed the draft meanwhile, and nobody here has chosen yet. */
  other: ServerDraft | null;
  /** Whose draft was opened, and since when; null: begun here. */
  openedOf: { author: string; at: string | null } | null;
  /** Whether all that was typed is on the server. */
  isKept: boolean;
  /** Why it could not be kept there. */
  failure: unknown;
}

export interface DraftCalls {
  read(): Promise<ServerDraft>;
  /** Null: the server has another draft than that of the version. */
  put(version: number, files: readonly KeptFile[]): Promise<number | null>;
  discard(version: number): Promise<void>;
}

/** From the last key to the server. */
export const keepPause = 2000;

export class DraftKeeper {
  /** Of the server's draft that this one goes on from. */
  version = 0;
  state: KeeperState = { other: null, openedOf: null, isKept: true, failure: undefined };
  private files: readonly KeptFile[] = [];
  private kept = "[]";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly calls: DraftCalls, private readonly told: () => void) {}

  /** Reads the server's draft. `mine`: what this tab has kept, made from `version`. Gives what is to be shown. */
  async open(mine: readonly KeptFile[], version: number): Promise<readonly KeptFile[]> {
    this.files = mine;
    const draft = await this.calls.read();
    this.version = draft.version;
    // Typed while it was asked for.
    mine = this.files;
    if (draft.version === 0) return mine;
    this.kept = JSON.stringify(draft.files);
    if (mine.length === 0) {
      this.files = draft.files;
      this.set({ openedOf: draft.author === null ? null : { author: draft.author, at: draft.at } });
      return draft.files;
    }
    if (draft.version !== version && JSON.stringify(mine) !== this.kept) this.set({ other: draft, isKept: false });
    return mine;
  }

  /** What is typed now; it goes to the server when no key follows. */
  typed(files: readonly KeptFile[]): void {
    this.files = files;
    if (JSON.stringify(files) === this.kept) return this.settle();
    this.set({ isKept: false });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), keepPause);
  }

  /** Sends what is typed now, after what is under way. */
  keep(): Promise<void> {
    clearTimeout(this.timer);
    this.running = this.running.then(() => this.send()).catch((error: unknown) => this.set({ failure: error }));
    return this.running;
  }

  /** An event has told of a draft: 0 was saved or discarded. */
  async heard(version: number): Promise<void> {
    await this.running;
    if (version === this.version) return;
    if (version === 0) {
      this.version = 0;
      this.kept = "[]";
      return this.set({ other: null, openedOf: null, isKept: this.files.length === 0 });
    }
    this.compare(await this.calls.read());
  }

  /** Takes the other draft in the place of what was typed. */
  takeTheirs(): readonly KeptFile[] {
    const { other } = this.state;
    if (other === null) return this.files;
    this.version = other.version;
    this.files = other.files;
    this.kept = JSON.stringify(other.files);
    this.set({ other: null, openedOf: other.author === null ? null : { author: other.author, at: other.at }, isKept: true });
    return other.files;
  }

  /** Writes what was typed over the other draft. */
  takeOver(): Promise<void> {
    if (this.state.other !== null) this.version = this.state.other.version;
    this.set({ other: null, openedOf: null });
    return this.keep();
  }

  private async send(): Promise<void> {
    // Somebody has to choose first.
    if (this.state.other !== null) return;
    const files = this.files;
    const text = JSON.stringify(files);
    if (text === this.kept) return this.settle();
    if (files.length === 0) {
      if (this.version > 0) await this.calls.discard(this.version);
      this.version = 0;
    } else {
      const version = await this.calls.put(this.version, files);
      if (version === null) {
        const draft = await this.calls.read();
        if (draft.version > 0) return this.compare(draft);
        // It was saved or discarded; what is typed here begins a new one.
        this.version = (await this.calls.put(0, files)) ?? 0;
      } else {
        this.version = version;
      }
    }
    this.kept = text;
    this.set({ failure: undefined, openedOf: files.length === 0 ? null : this.state.openedOf });
    this.settle();
  }

  private compare(draft: ServerDraft): void {
    this.kept = JSON.stringify(draft.files);
    if (this.kept === JSON.stringify(this.files)) {
      this.version = draft.version;
      this.set({ other: null });
      this.settle();
    } else {
      this.set({ other: draft, isKept: false });
    }
  }

  private settle(): void {
    const isKept = JSON.stringify(this.files) === this.kept;
    if (isKept) clearTimeout(this.timer);
    if (isKept !== this.state.isKept) this.set({ isKept });
  }

  private set(change: Partial<KeeperState>): void {
    this.state = { ...this.state, ...change };
    this.told();
  }
}
