/** An engine's event as the page shows it. */
export interface ContainerEvent {
  key: string;
  /** Milliseconds of 1970. */
  at: number;
  action: string;
  service: string;
  container: string;
  exitCode: string | null;
}

interface EngineEvent {
  Action?: string;
  timeNano?: number;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
}

let count = 0;

/** Reads one; null for what nobody wants to see: health checks run a command every few seconds. */
export function containerEvent(value: unknown): ContainerEvent | null {
  if (typeof value !== "object" || value === null) return null;
  const { Action: action = "", timeNano = 0, Actor: actor = {} } = value as EngineEvent;
  if (!action || action.startsWith("exec_")) return null;
  const attributes = actor.Attributes ?? {};
  return {
    key: `${timeNano}:${++count}`, at: timeNano / 1e6, action,
    service: attributes["com.docker.compose.service"] ?? "", container: attributes.name ?? actor.ID?.slice(0, 12) ?? "",
    exitCode: action === "die" ? attributes.exitCode ?? null : null,
  };
}
