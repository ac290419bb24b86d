import { shownText } from "../parts/shownText";

/** A piece of a line with its look as class names. */
export interface Span {
  text: string;
  className: string;
}

/** Codes of SGR that we show (ECMA-48, 8.3.117); the colours are ours. */
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** CSI sequences, OSC and other strings up to their end, and single escapes. */
const ESCAPES = /(?:\u001b\[|\u009b)([\x30-\x3f]*)([\x20-\x2f]*[\x40-\x7e])|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[\x20-\x2f]*[\x30-\x7e]?/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

interface Look {
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  colour: string;
}

const PLAIN: Look = { bold: false, dim: false, italic: false, underline: false, colour: "" };

/** The text of a line without any escape, as it is searched and copied. */
export function plainText(text: string): string {
  return lastState(text).replace(ESCAPES, "").replace(CONTROLS, "");
}

/** A text that hides nothing: marks of direction are written out, a new line is a sign, escapes and controls are gone. */
export function visibleText(text: string): string {
  return written(text.replace(/\r?\n/g, " ↵ ").replace(ESCAPES, ""));
}

function written(text: string): string {
  return shownText(text.replace(CONTROLS, ""));
}

/** A line in pieces: colours become class names, all other escapes are dropped, marks of direction are made visible. */
export function spansOf(text: string): Span[] {
  const line = lastState(text);
  if (!/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(line)) return line ? [{ text: line, className: "" }] : [];
  const spans: Span[] = [];
  let look = PLAIN;
  let at = 0;
  const push = (piece: string) => {
    const shown = written(piece);
    if (shown) spans.push({ text: shown, className: classOf(look) });
  };
  for (const found of line.matchAll(ESCAPES)) {
    push(line.slice(at, found.index));
    at = (found.index ?? 0) + (found[0] ?? "").length;
    if (found[2] === "m" && /^[0-9;:]*$/.test(found[1] ?? "")) look = changed(look, found[1] ?? "");
  }
  push(line.slice(at));
  return spans;
}

/** What a progress line shows in the end: what came after its last carriage return. */
function lastState(text: string): string {
  const trimmed = text.endsWith("\r") ? text.slice(0, -1) : text;
  return trimmed.slice(trimmed.lastIndexOf("\r") + 1);
}

function changed(look: Look, codes: string): Look {
  let next = { ...look };
  const values = codes.split(/[;:]/).map((code) => Number(code || "0"));
  for (let at = 0; at < values.length; at += 1) {
    const code = values[at] ?? 0;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code >= 30 && code <= 37) next.colour = NAMES[code - 30] ?? "";
    else if (code >= 90 && code <= 97) next.colour = NAMES[code - 90] ?? "";
    else if (code === 39) next.colour = "";
    else if (code === 38 || code === 48) {
      const colour = values[at + 1] === 5 ? indexed(values[at + 2] ?? 0) : nearest(values.slice(at + 2, at + 5));
      if (code === 38) next.colour = colour;
      at += values[at + 1] === 5 ? 2 : 4;
    }
  }
  return next;
}

/** One of the 256 colours as one of ours. */
function indexed(value: number): string {
  if (value < 16) return NAMES[value % 8] ?? "";
  if (value >= 232) return value < 244 ? "black" : "white";
  const part = value - 16;
  return nearest([Math.floor(part / 36) * 51, (Math.floor(part / 6) % 6) * 51, (part % 6) * 51]);
}

/** A true colour as one of ours, by which of its parts are strong. */
function nearest([red = 0, green = 0, blue = 0]: number[]): string {
  const half = Math.max(red, green, blue) / 2;
  if (half < 24) return "black";
  return NAMES[(red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0)] ?? "";
}

function classOf(look: Look): string {
  return [look.bold && "ansi-bold", look.dim && "ansi-dim", look.italic && "ansi-italic", look.underline && "ansi-underline", look.colour && `ansi-${look.colour}`]
    .filter(Boolean).join(" ");
}
