import { useEffect, useRef, useState } from "react";
import { LineChart } from "../../charts/LineChart";
import { rates } from "../../charts/series";
import type { ContainerDetail } from "../../api/schema";
import { ProblemNote } from "../../parts/ProblemNote";
import { bytesText } from "../../parts/format";
import type { Told } from "../../stream/messages";
import { useSubscription } from "../../stream/stream";

/** A sample as the socket tells it. */
interface Sample {
  at: string;
  cpu_percent: number;
  memory_bytes: number;
  memory_limit_bytes: number;
  received_bytes: number;
  sent_bytes: number;
  read_bytes: number;
  written_bytes: number;
  processes: number;
}

/** An hour, at one a second. */
const KEPT = 3600;

/** What a container uses: its last hour, and on. */
export function Usage({ server, container, detail }: { server: string; container: string; detail: ContainerDetail }) {
  const [samples, setSamples] = useState<Sample[]>([]);
  const [problem, setProblem] = useState<{ detail: string }>();
  const waiting = useRef<Sample[]>([]);
  useSubscription({ kind: "stats", targets: [{ container, server }], history: true }, (told: Told) => {
    if (told.error) setProblem(told.error);
    // After a lost link the history comes anew.
    if (told.history) {
      waiting.current = [];
      setSamples(told.history as Sample[]);
    }
    if (told.sample) waiting.current.push(told.sample as Sample);
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (waiting.current.length === 0 || document.hidden) return;
      const fresh = waiting.current;
      waiting.current = [];
      setSamples((old) => [...old, ...fresh].slice(-KEPT));
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  if (problem) return <ProblemNote problem={problem} />;
  const series = (value: (sample: Sample) => number) => samples.map((sample) => ({ at: Date.parse(sample.at), value: value(sample) }));
  const perSecond = (value: number) => `${bytesText(value)}/s`;
  return (
    <div className="charts">
      <LineChart name="CPU" points={series((sample) => sample.cpu_percent)} text={(value) => `${value.toFixed(1)} %`} limit={detail.resources.cpus && detail.resources.cpus * 100} />
      <LineChart name="Memory" points={series((sample) => sample.memory_bytes)} text={bytesText} limit={detail.resources.memory_bytes} />
      <LineChart name="Network" points={rates(series((sample) => sample.received_bytes + sample.sent_bytes))} text={perSecond} />
      <LineChart name="Disk" points={rates(series((sample) => sample.read_bytes + sample.written_bytes))} text={perSecond} />
      <LineChart name="Processes" points={series((sample) => sample.processes)} text={String} limit={detail.resources.pids} />
    </div>
  );
}
