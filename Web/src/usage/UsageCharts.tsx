import { LineChart } from "../charts/LineChart";
import { bytesText } from "../parts/format";
import type { LiveUsage } from "./LiveUsage";

/** Processor and memory of a whole stack over the last minutes. */
export function UsageCharts({ usage }: { usage: LiveUsage }) {
  const points = usage.series.points();
  return (
    <>
      <LineChart name="CPU" points={points.map(({ at, cpu }) => ({ at, value: cpu }))} text={(value) => `${value.toFixed(1)} %`} />
      <LineChart name="Memory" points={points.map(({ at, memory }) => ({ at, value: memory }))} text={bytesText} />
    </>
  );
}
