import { clockText } from "../parts/format";
import { linePath, thinned, type Point } from "./series";
import "./charts.css";

interface Props {
  name: string;
  points: Point[];
  /** How a value is written. */
  text: (value: number) => string;
  /** Drawn as a line of its own: a limit. */
  limit?: number | null;
}

const WIDTH = 300;
const HEIGHT = 80;
const MOST = 300;
const TABLE_ROWS = 12;

/** One value over time, with a sentence and a table that say the same. */
export function LineChart({ name, points, text, limit }: Props) {
  const shown = thinned(points, MOST);
  const first = shown[0];
  const last = points[points.length - 1];
  if (!first || !last) return <p className="muted">{name}: nothing was measured yet.</p>;
  const peak = Math.max(...shown.map((point) => point.value));
  const hasLimit = limit != null && limit > 0 && limit < peak * 4;
  const highest = Math.max(peak, hasLimit ? limit : 0) * 1.1 || 1;
  const sentence = `now ${text(last.value)}, highest ${text(peak)} since ${clockText(first.at)}`;
  return (
    <figure className="chart">
      <figcaption><b>{name}</b> <span className="muted numbers">{sentence}</span></figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {hasLimit && <line className="chart-limit" x1="0" x2={WIDTH} y1={HEIGHT - (limit / highest) * HEIGHT} y2={HEIGHT - (limit / highest) * HEIGHT} />}
        <path className="chart-line" d={linePath(shown, first.at, last.at, highest, WIDTH, HEIGHT)} />
      </svg>
      <details>
        <summary className="small">As a table</summary>
        <table className="table">
          <caption className="unseen">{name}</caption>
          <thead><tr><th scope="col">Time</th><th scope="col" className="number">{name}</th></tr></thead>
          <tbody>
            {thinned(points, TABLE_ROWS).map((point) => <tr key={point.at}><td data-label="Time">{clockText(point.at)}</td><td className="number" data-label={name}>{text(point.value)}</td></tr>)}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
