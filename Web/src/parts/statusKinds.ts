export interface StatusKind {
  glyph: string;
  tone: "ok" | "info" | "warn" | "danger" | "muted";
  word: string;
}

/** Every status word of the API: of stacks, containers, health, servers, operations and checks. */
export const statusKinds: Record<string, StatusKind> = {
  running: { glyph: "●", tone: "ok", word: "running" },
  healthy: { glyph: "●", tone: "ok", word: "healthy" },
  up: { glyph: "●", tone: "ok", word: "up" },
  ok: { glyph: "●", tone: "ok", word: "ok" },
  done: { glyph: "●", tone: "ok", word: "done" },
  active: { glyph: "●", tone: "ok", word: "active" },
  starting: { glyph: "◐", tone: "info", word: "starting" },
  restarting: { glyph: "◐", tone: "warn", word: "restarting" },
  connecting: { glyph: "◐", tone: "info", word: "connecting" },
  queued: { glyph: "◐", tone: "muted", word: "queued" },
  planning: { glyph: "◐", tone: "info", word: "planning" },
  pulling: { glyph: "◐", tone: "info", word: "pulling" },
  gate: { glyph: "◐", tone: "info", word: "checking" },
  applying: { glyph: "◐", tone: "info", word: "deploying" },
  verifying: { glyph: "◐", tone: "info", word: "watching" },
  partial: { glyph: "▲", tone: "warn", word: "partly up" },
  degraded: { glyph: "▲", tone: "warn", word: "degraded" },
  paused: { glyph: "▲", tone: "warn", word: "paused" },
  warn: { glyph: "▲", tone: "warn", word: "warning" },
  warning: { glyph: "▲", tone: "warn", word: "warning" },
  needs_attention: { glyph: "▲", tone: "danger", word: "needs attention" },
  rolled_back: { glyph: "▲", tone: "warn", word: "rolled back" },
  unhealthy: { glyph: "✖", tone: "danger", word: "unhealthy" },
  failed: { glyph: "✖", tone: "danger", word: "failed" },
  fail: { glyph: "✖", tone: "danger", word: "failed" },
  dead: { glyph: "✖", tone: "danger", word: "dead" },
  away: { glyph: "✖", tone: "danger", word: "away" },
  stopped: { glyph: "■", tone: "muted", word: "stopped" },
  exited: { glyph: "■", tone: "muted", word: "stopped" },
  created: { glyph: "■", tone: "muted", word: "created" },
  down: { glyph: "■", tone: "muted", word: "not deployed" },
  cancelled: { glyph: "■", tone: "muted", word: "cancelled" },
  removing: { glyph: "◐", tone: "muted", word: "removing" },
  none: { glyph: "○", tone: "muted", word: "no engine" },
  unknown: { glyph: "○", tone: "muted", word: "unknown" },
};
