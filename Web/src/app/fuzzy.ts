/** How well a text fits what was typed: higher is better, null not at all. Letters must come in their order. */
export function score(wanted: string, text: string): number | null {
  if (!wanted) return 0;
  const low = text.toLowerCase();
  const whole = low.indexOf(wanted);
  if (whole >= 0) return 1000 - whole - text.length / 100 + (whole === 0 || isBorder(low, whole) ? 500 : 0);
  let at = 0;
  let points = 0;
  let last = -2;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const found = low.indexOf(letter, at);
    if (found < 0) return null;
    points += found === last + 1 ? 8 : isBorder(low, found) ? 6 : 1;
    last = found;
    at = found + 1;
  }
  return points - text.length / 100;
}

function isBorder(text: string, at: number): boolean {
  return at === 0 || /[\s\-_./@:]/.test(text[at - 1] ?? "");
}

/** The best of a list, best first. */
export function best<T>(wanted: string, items: readonly T[], textOf: (item: T) => string, limit: number): T[] {
  const typed = wanted.trim().toLowerCase();
  const scored: { item: T; points: number }[] = [];
  for (const item of items) {
    const points = score(typed, textOf(item));
    if (points !== null) scored.push({ item, points });
  }
  if (typed) scored.sort((one, other) => other.points - one.points);
  return scored.slice(0, limit).map(({ item }) => item);
}
