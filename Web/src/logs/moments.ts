/** Whether a moment is before another (RFC 3339); below a millisecond the digits decide, of which the server's have nine. */
export function isBefore(one: string, other: string): boolean {
  const difference = Date.parse(one) - Date.parse(other);
  return difference < 0 || (difference === 0 && one.length === other.length && one < other);
}

/** The place of the first line that is not before a moment, or the last place. */
export function placeOf(lines: { time: string }[], moment: string): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(lines[middle]?.time ?? "", moment)) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, lines.length - 1);
}

/** What somebody chose in a field of date and time, as the server takes it; null: nothing that is a time. */
export function momentOf(value: string): string | null {
  const moment = new Date(value);
  return value && !Number.isNaN(moment.getTime()) ? moment.toISOString() : null;
}

/** A moment as a field of date and time shows it, in the zone of the browser. */
export function fieldValueOf(moment: string | null): string {
  if (!moment || Number.isNaN(Date.parse(moment))) return "";
  const date = new Date(moment);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
