import type { Link, Subscription, Told } from "./messages";

/** What a subscription looks like from inside the worker. */
export interface Handle {
  /** Changes a subscription of logs in place. */
  change(fields: { targets?: unknown; filter?: unknown }): void;
  end(): void;
}

/** The bytes of the world that a connection touches; tests give their own. */
export interface Surroundings {
  open(): SocketLike;
  now(): number;
  later(milliseconds: number, body: () => void): () => void;
  random(): number;
  /** Whether the session is still good; asked when a socket could not be opened. */
  isLoggedIn(): Promise<boolean>;
}

export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

interface Entry {
  subscription: Subscription;
  take: (told: Told) => void;
  /** The number on the present socket. */
  id: number;
  /** Bytes that came and were not yet given back as credit. */
  owed: number;
}

const BACK_OFF = [1000, 2000, 4000, 8000, 15000];
/** A server that has pinged nobody for so long is gone (it pings each 20 s); so often we make sure of it. */
const PROBE_INTERVAL = 45_000;
const PROBE_LIMIT = 10_000;
/** The server takes 20 messages a second. */
const MESSAGES_PER_SECOND = 16;
const CREDIT_STEP = 256 << 10;
/** No subscription has this number: the answer to it shows that the link lives. */
const PROBE_ID = 0;
/** So many tries without success, and the page says offline. */
const OFFLINE_AFTER = 3;

/** The one socket of the tab: subscriptions that outlive lost links, with credit and resumption. */
export class Connection {
  private socket: SocketLike | undefined;
  private isOpen = false;
  private readonly entries = new Set<Entry>();
  private readonly byId = new Map<number, Entry>();
  private nextId = 1;
  private tries = 0;
  private isOnline = true;
  private isSuspended = true;
  private state: Link = { state: "connecting", since: 0 };
  private waiting: string[] = [];
  private sentAt: number[] = [];
  private cancelRetry: (() => void) | undefined;
  private cancelProbe: (() => void) | undefined;
  private cancelFlush: (() => void) | undefined;

  constructor(private readonly world: Surroundings, private readonly tell: (link: Link) => void) {
    this.state = { state: "connecting", since: world.now() };
  }

  get link(): Link {
    return this.state;
  }

  /** Connects, at once also when the next try is further away. */
  start(): void {
    this.isSuspended = false;
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    if (!this.socket) this.connect();
  }

  /** Closes the socket and stays so until `start`; subscriptions are kept. */
  suspend(): void {
    this.isSuspended = true;
    this.cancelRetry?.();
    this.drop();
    this.become("ended");
  }

  setOnline(online: boolean): void {
    this.isOnline = online;
    if (this.isSuspended) return;
    if (!online) {
      this.drop();
      this.become("offline");
      return;
    }
    if (this.isOpen) this.probe();
    else this.start();
  }

  subscribe(subscription: Subscription, take: (told: Told) => void): Handle {
    const entry: Entry = { subscription: { ...subscription }, take, id: 0, owed: 0 };
    this.entries.add(entry);
    if (this.isOpen) this.begin(entry);
    return {
      change: (fields) => {
        Object.assign(entry.subscription, fields);
        if (this.byId.get(entry.id) === entry) this.send({ id: entry.id, ...fields });
      },
      end: () => {
        if (!this.entries.delete(entry)) return;
        if (this.byId.delete(entry.id)) this.send({ id: entry.id, unsubscribe: true });
      },
    };
  }

  private connect(): void {
    if (!this.isOnline) return this.become("offline");
    const socket = this.world.open();
    this.socket = socket;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.isOpen = true;
      this.tries = 0;
      this.become("live");
      for (const entry of this.entries) this.begin(entry);
      this.planProbe();
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(event.data);
    };
    socket.onclose = () => {
      if (this.socket === socket) void this.lost();
    };
  }

  private begin(entry: Entry): void {
    entry.id = this.nextId++;
    entry.owed = 0;
    this.byId.set(entry.id, entry);
    this.send({ id: entry.id, ...entry.subscription });
  }

  private receive(text: string): void {
    const { id, ...told } = JSON.parse(text) as Told & { id: number };
    if (id === PROBE_ID) return this.planProbe();
    const entry = this.byId.get(id);
    if (!entry) return;
    remember(entry.subscription, told);
    if (told.ended || told.error) {
      this.byId.delete(id);
      this.entries.delete(entry);
    }
    entry.take(told);
    // What was taken is given back, so that the server may send as much again.
    if (entry.subscription.kind !== "logs" || told.ended || told.error) return;
    entry.owed += text.length;
    if (entry.owed < CREDIT_STEP) return;
    this.send({ id, credit: entry.owed });
    entry.owed = 0;
  }

  private async lost(): Promise<void> {
    const wasOpen = this.isOpen;
    this.drop();
    if (this.isSuspended) return;
    this.tries += 1;
    this.become(!this.isOnline || this.tries > OFFLINE_AFTER ? "offline" : "reconnecting");
    // A refused handshake does not say why: a session that ended looks like a server that is gone.
    if ((!wasOpen || this.tries === 1) && !(await this.world.isLoggedIn())) {
      if (!this.socket) this.suspend();
      return;
    }
    if (this.socket || this.isSuspended) return;
    const pause = BACK_OFF[Math.min(this.tries, BACK_OFF.length) - 1] ?? 1000;
    this.cancelRetry = this.world.later(pause * (0.75 + this.world.random() / 2), () => this.start());
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.isOpen = false;
    this.byId.clear();
    this.waiting = [];
    this.cancelProbe?.();
    this.cancelFlush?.();
    this.cancelProbe = this.cancelFlush = undefined;
    socket?.close();
  }

  private become(state: Link["state"]): void {
    if (state === this.state.state) return;
    // How long it has been away counts from the loss, not from the last try.
    const goesOn = state === "offline" && this.state.state === "reconnecting";
    this.state = { state, since: goesOn ? this.state.since : this.world.now() };
    this.tell(this.state);
  }

  private planProbe(): void {
    this.cancelProbe?.();
    this.cancelProbe = this.world.later(PROBE_INTERVAL, () => this.probe());
  }

  private probe(): void {
    this.cancelProbe?.();
    this.send({ id: PROBE_ID, unsubscribe: true });
    this.cancelProbe = this.world.later(PROBE_LIMIT, () => void this.lost());
  }

  private send(message: object): void {
    if (!this.isOpen) return;
    this.waiting.push(JSON.stringify(message));
    this.flush();
  }

  private flush(): void {
    const now = this.world.now();
    this.sentAt = this.sentAt.filter((at) => now - at < 1000);
    while (this.waiting.length > 0 && this.sentAt.length < MESSAGES_PER_SECOND) {
      this.socket?.send(this.waiting.shift() ?? "");
      this.sentAt.push(now);
    }
    if (this.waiting.length === 0 || this.cancelFlush) return;
    this.cancelFlush = this.world.later(250, () => {
      this.cancelFlush = undefined;
      this.flush();
    });
  }
}

/** Where a subscription goes on after a lost link. */
function remember(subscription: Subscription, told: Told): void {
  if (told.cursor === undefined) return;
  if (subscription.kind === "logs") subscription.cursor = String(told.cursor);
  else if (subscription.kind === "events") subscription.after = String(told.cursor);
  else if (subscription.kind !== "stats" && subscription.kind !== "usage") subscription.after = Number(told.cursor);
}
