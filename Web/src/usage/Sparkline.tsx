import { linePath, type Point } from "../charts/series";
import "./usage.css";

const WIDTH = 64;
const HEIGHT = 20;

/** The way of a value, without words: they stand beside it. */
export function Sparkline({ points, least }: { points: Point[]; least: number }) {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || first === last) return <svg width={WIDTH} height={HEIGHT} aria-hidden="true" />;
  // Small changes of a small value look small.
  const highest = Math.max(least, ...points.map((point) => point.value)) * 1.1;
  const line = linePath(points, first.at, last.at, highest, WIDTH, HEIGHT - 1);
  return (
    <svg className="spark" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path className="spark-area" d={`${line}V${HEIGHT}H0Z`} />
      <path className="chart-line" d={line} />
    </svg>
  );
}
