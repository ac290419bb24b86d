export interface Point {
  /** Milliseconds of 1970. */
  at: number;
  value: number;
}

/** The line through some points, in a box of width by height: the newest at the right. */
export function linePath(points: Point[], from: number, to: number, highest: number, width: number, height: number): string {
  if (points.length === 0 || to <= from) return "";
  const x = (at: number) => (((at - from) / (to - from)) * width).toFixed(1);
  const y = (value: number) => (height - (Math.min(value, highest) / (highest || 1)) * height).toFixed(1);
  return points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point.at)} ${y(point.value)}`).join("");
}

/** At most so many points, each the highest of its share: a peak is never lost. */
export function thinned(points: Point[], most: number): Point[] {
  if (points.length <= most) return points;
  const share = points.length / most;
  return Array.from({ length: most }, (_, index) => {
    const part = points.slice(Math.floor(index * share), Math.max(Math.floor((index + 1) * share), Math.floor(index * share) + 1));
    return part.reduce((best, point) => (point.value > best.value ? point : best));
  });
}

/** The differences of a counter in a second; one that began anew counts as nothing. */
export function rates(points: Point[]): Point[] {
  return points.slice(1).map((point, index) => {
    const before = points[index] ?? point;
    const seconds = (point.at - before.at) / 1000;
    return { at: point.at, value: seconds > 0 ? Math.max(0, (point.value - before.value) / seconds) : 0 };
  });
}
