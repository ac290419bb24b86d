import type { OperationEvent, Plan } from "../../api/schema";

export type StepState = "waiting" | "running" | "done" | "skipped" | "failed";

export interface StoryStep {
  key: string;
  action: string;
  target: string;
  state: StepState;
  startedAt?: string;
  endedAt?: string;
  reason?: string;
  /** It belongs to the way back. */
  isUndo: boolean;
}

/** The steps of one service, or of the stack itself (networks, volumes). */
export interface Lane {
  /** Null: what belongs to no service. */
  service: string | null;
  steps: StoryStep[];
}

export interface Layer {
  status: string;
  current: number;
  total: number;
}

/** An image that comes or goes, or a volume that is copied, with what is known of its parts. */
export interface Transfer {
  object: string;
  kind: "pull" | "push" | "copy" | "build";
  layers: Map<string, Layer>;
  isDone: boolean;
  /** The last line of a build. */
  line?: string;
}

export interface StoryLine {
  sequence: number;
  at: string;
  service: string | null;
  text: string;
  tone: "plain" | "warn" | "danger";
}

/** What an operation has told so far, put together for the page. The same for a live one and an old one. */
export interface Story {
  plan: Plan | undefined;
  phase: string | undefined;
  /** Why it goes back. */
  undoing: string | undefined;
  lanes: Lane[];
  transfers: Map<string, Transfer>;
  lines: StoryLine[];
  /** What it waits for before it begins. */
  waiting: string | undefined;
  last: number;
}

export function emptyStory(): Story {
  return { plan: undefined, phase: undefined, undoing: undefined, lanes: [], transfers: new Map(), lines: [], waiting: undefined, last: 0 };
}

type Fields = Record<string, unknown>;

/** Adds events to a story; what is known already is left out, so that a link that was lost tells nothing twice. */
export function tellOn(story: Story, events: OperationEvent[]): Story {
  const fresh = events.filter((event) => event.sequence > story.last);
  if (fresh.length === 0) return story;
  const next: Story = {
    ...story, lanes: story.lanes.map((lane) => ({ ...lane, steps: lane.steps.slice() })), transfers: new Map(story.transfers), lines: story.lines.slice(),
  };
  for (const event of fresh) {
    next.last = event.sequence;
    take(next, event, (event.fields ?? {}) as Fields);
  }
  return next;
}

function take(story: Story, event: OperationEvent, fields: Fields): void {
  const service = text(fields.service) || null;
  const say = (words: string, tone: StoryLine["tone"] = "plain"): void => {
    story.lines.push({ sequence: event.sequence, at: event.at, service, text: words, tone });
  };
  const step = `${text(fields.action)} ${text(fields.target)}`;
  if (event.event !== "waiting") story.waiting = undefined;
  switch (event.event) {
    case "waiting":
      story.waiting = `waits for ${text(fields.title) || "another operation"} of ${text(fields.requested_by)}`;
      return say(story.waiting);
    case "planned":
      story.plan = fields.plan as Plan | undefined;
      for (const planned of story.plan?.steps ?? []) {
        laneOf(story, planned.service).steps.push({
          key: `0:${planned.number}`, action: planned.action, target: planned.target, state: "waiting", isUndo: false,
        });
      }
      return say(`planned: ${story.plan?.steps?.length ?? 0} steps`);
    case "phase":
      story.phase = text(fields.phase);
      return say(`phase: ${story.phase}`);
    case "step.started":
    case "action.begun":
      mark(story, event, fields, { state: "running", startedAt: event.at });
      return say(`${step}…`);
    case "step.done":
    case "action.done":
      mark(story, event, fields, { state: "done", endedAt: event.at });
      return say(`${step}: done`);
    case "step.skipped":
      mark(story, event, fields, { state: "skipped", endedAt: event.at });
      return say(`${step}: not needed`);
    case "step.failed":
    case "action.failed":
      mark(story, event, fields, { state: "failed", endedAt: event.at, reason: text(fields.reason) });
      return say(`${step}: failed: ${text(fields.reason)}`, "danger");
    case "undoing":
      story.undoing = text(fields.reason);
      return say(`going back: ${firstLine(story.undoing)}`, "danger");
    case "pulling": return transfer(story, "pull", fields);
    case "pushing": return transfer(story, "push", fields);
    case "copying": return transfer(story, "copy", fields);
    case "building": {
      const build = transferOf(story, "build", text(fields.image));
      build.line = text(fields.line);
      return say(`${text(fields.image)}: ${build.line}`);
    }
    case "pulled":
      transferOf(story, "pull", text(fields.image)).isDone = true;
      return say(`pulled ${text(fields.image)}`);
    case "pushed":
      transferOf(story, "push", text(fields.image)).isDone = true;
      return say(`pushed ${text(fields.image)}`);
    case "built":
      transferOf(story, "build", text(fields.image)).isDone = true;
      return say(`built ${text(fields.image)}`);
    case "copied":
      transferOf(story, "copy", text(fields.object)).isDone = true;
      return say(`copied ${text(fields.object)}`);
    case "warning": return say(text(fields.text), "warn");
    case "engine.gone": return say(`the engine is away: ${text(fields.reason)}`, "warn");
    case "engine.back": return say("the engine answers again");
    default:
      // Newer servers may tell more: their word and what comes with it.
      return say([event.event, ...Object.entries(fields).filter(([name]) => name !== "model").map(([name, value]) => `${name} ${text(value)}`)].join(" "));
  }
}

function mark(story: Story, event: OperationEvent, fields: Fields, change: Partial<StoryStep>): void {
  const isUndo = story.undoing !== undefined;
  const number = fields.step;
  const service = text(fields.service) || serviceOf(fields) || null;
  // Commands on services have no numbers; their target says which it is. The way back counts its steps anew.
  const key = `${isUndo ? 1 : 0}:${number === undefined ? `${text(fields.action)} ${text(fields.target)}` : String(number)}`;
  const lane = laneOf(story, service);
  const at = lane.steps.findIndex((step) => step.key === key);
  const known = lane.steps[at] ?? { key, action: text(fields.action), target: text(fields.target), state: "waiting", isUndo };
  const next = { ...known, ...change, startedAt: change.startedAt ?? known.startedAt ?? event.at };
  if (at < 0) lane.steps.push(next);
  else lane.steps[at] = next;
}

/** A command on a service says it inside its model only. */
function serviceOf(fields: Fields): string {
  const found = /"service":"([^"]+)"/.exec(JSON.stringify(fields.model ?? null));
  return found?.[1] ?? "";
}

function laneOf(story: Story, service: string | null): Lane {
  let lane = story.lanes.find((one) => one.service === service);
  if (!lane) {
    lane = { service, steps: [] };
    story.lanes.push(lane);
  }
  return lane;
}

function transferOf(story: Story, kind: Transfer["kind"], object: string): Transfer {
  const key = `${kind}:${object}`;
  const known = story.transfers.get(key);
  const next: Transfer = known ? { ...known, layers: new Map(known.layers) } : { object, kind, layers: new Map(), isDone: false };
  story.transfers.set(key, next);
  return next;
}

function transfer(story: Story, kind: Transfer["kind"], fields: Fields): void {
  const one = transferOf(story, kind, text(fields.object));
  const layer = text(fields.layer);
  const before = one.layers.get(layer);
  // A layer that is unpacked begins to count anew; its size stays that of what came.
  one.layers.set(layer, {
    status: text(fields.status), current: Number(fields.current_bytes) || (isWhole(text(fields.status)) ? before?.total ?? 0 : before?.current ?? 0),
    total: Math.max(Number(fields.total_bytes) || 0, before?.total ?? 0),
  });
}

function isWhole(status: string): boolean {
  return /complete|exists/i.test(status);
}

/** Bytes of a transfer that came, and of the whole as far as it is known. */
export function amounts(transfer: Transfer): { current: number; total: number } {
  let current = 0;
  let total = 0;
  for (const layer of transfer.layers.values()) {
    current += Math.min(layer.current, layer.total || layer.current);
    total += layer.total;
  }
  return { current, total };
}

/** The state of a lane as one word of Status. */
export function laneStatus(lane: Lane): { status: string; word: string } {
  const failed = lane.steps.find((step) => step.state === "failed");
  if (failed) return { status: "failed", word: lane.steps.some((step) => step.isUndo) ? "failed, taken back" : "failed" };
  const running = lane.steps.find((step) => step.state === "running");
  if (running) return { status: "applying", word: running.action };
  const left = lane.steps.filter((step) => step.state === "waiting").length;
  if (left === 0) return { status: "done", word: "done" };
  return left === lane.steps.length ? { status: "queued", word: "waiting" } : { status: "applying", word: "between steps" };
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function firstLine(words: string): string {
  return words.split("\n")[0] ?? "";
}
