import { hearDate, serverNow } from "./clock";
import type { Calls } from "./schema";
import { notReached, problemOf } from "./problem";
import { gates } from "./gates";

export type Call = keyof Calls;
type Parts<C extends Call> = Omit<Calls[C], "answer">;
export type Answer<C extends Call> = Calls[C]["answer"];

export interface CallOptions {
  signal?: AbortSignal;
  /** The tag of what was read: nothing is written over what somebody changed meanwhile. */
  ifMatch?: string;
  /** Writes only where nothing is yet. */
  ifNoneMatch?: "*";
  /** Sent again with the same key, the call does nothing twice. */
  idempotencyKey?: string;
  /** Problems 401 and 403 that a dialog could solve are given to the caller as they are. */
  plain?: boolean;
}

/** Parameters are left out of the call where it has none. */
type Arguments<C extends Call> = Record<string, never> extends Parts<C>
  ? [parts?: Parts<C>, options?: CallOptions]
  : [parts: Parts<C>, options?: CallOptions];

export interface Reply<T> {
  answer: T;
  status: number;
  /** As it is sent back in `ifMatch`; null where the answer has none. */
  tag: string | null;
}

/** One call of the API by its name in the generated types: `call("GET /stacks/{stack}", {path: {stack}})`. Throws `CallProblem`. */
export async function call<C extends Call>(name: C, ...[parts, options]: Arguments<C>): Promise<Answer<C>> {
  return (await callWithTag(name, ...([parts, options] as Arguments<C>))).answer;
}

/** As `call`, with status and ETag. */
export async function callWithTag<C extends Call>(name: C, ...[parts, options]: Arguments<C>): Promise<Reply<Answer<C>>> {
  const { method, url } = addressOf(name, parts ?? {});
  const body = (parts as { body?: unknown } | undefined)?.body;
  return (await send(method, url, body, options ?? {})) as Reply<Answer<C>>;
}

/** Method and address of a call; a parameter that is undefined or empty is left out. */
export function addressOf(name: string, parts: object): { method: string; url: string } {
  const { path = {}, query = {} } = parts as { path?: Record<string, unknown>; query?: Record<string, unknown> };
  const [method = "GET", pattern = "/"] = name.split(" ");
  const filled = pattern.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(path[key])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    // A parameter that may be repeated is a list.
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") search.append(key, String(one));
    }
  }
  const text = search.toString();
  return { method, url: `/api/v1${filled}${text ? `?${text}` : ""}` };
}

/** A key for a call that must not be done twice; kept by who may send it again. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(method: string, url: string, body: unknown, options: CallOptions): Promise<Reply<unknown>> {
  for (;;) {
    const reply = await once(method, url, body, options);
    if (reply.ok) return reply.value;
    const problem = reply.problem;
    // A dialog asks for what is missing, and then the same call is sent once more.
    const gate = options.plain ? undefined : gates.for(problem);
    if (!gate || !(await gate(problem))) throw problem;
  }
}

let calledAt = serverNow();

/** When the server last answered a call of this tab, milliseconds of 1970: until then the session was in use. */
export function lastCallAt(): number {
  return calledAt;
}

type Outcome = { ok: true; value: Reply<unknown> } | { ok: false; problem: ReturnType<typeof problemOf> };

async function once(method: string, url: string, body: unknown, options: CallOptions): Promise<Outcome> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body instanceof Blob) headers["Content-Type"] = body.type || "application/octet-stream";
  else if (method !== "GET") headers["Content-Type"] = "application/json";
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  if (options.ifNoneMatch) headers["If-None-Match"] = options.ifNoneMatch;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(url, {
      method, headers, body: body instanceof Blob ? body : body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin", redirect: "error", signal: options.signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw notReached();
  }
  hearDate(response.headers.get("Date"));
  calledAt = serverNow();
  const value = await bodyOf(response);
  if (response.ok) return { ok: true, value: { answer: value, status: response.status, tag: response.headers.get("ETag") } };
  return { ok: false, problem: problemOf(response.status, value, response.headers.get("X-Request-Id")) };
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!text) return null;
  if (!/json/.test(response.headers.get("Content-Type") ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
