import type { ReactNode } from "react";
import type { Live } from "../stream/live";
import { ProblemNote } from "./ProblemNote";
import { Skeleton } from "./Skeleton";

interface Props<T> {
  live: Pick<Live<T>, "value" | "problem" | "reload">;
  lines?: number;
  waitingFor?: string;
  children: (value: T) => ReactNode;
}

/** The states of a loaded value: waiting, failed, there; failed while there is an older one shows both. */
export function Loaded<T>({ live, lines, waitingFor, children }: Props<T>) {
  if (live.value === undefined) {
    if (live.problem) return <ProblemNote problem={live.problem} retry={live.reload} />;
    return <Skeleton lines={lines} waitingFor={waitingFor} />;
  }
  return (
    <>
      {live.problem && <ProblemNote problem={live.problem} retry={live.reload} />}
      {children(live.value)}
    </>
  );
}
