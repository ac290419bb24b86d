import { useEffect } from "react";
import { call } from "../../api/client";
import { go } from "../../app/router";
import { Button } from "../../parts/Button";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { useAction } from "../../parts/useAction";
import { useState } from "react";
import type { ServerTest } from "../../api/schema";
import { TestSteps } from "./TestSteps";

/** Looks at once whether the engine of this machine can be used. */
export function ServerStep({ onDone }: { onDone: () => Promise<void> }) {
  const [test, setTest] = useState<ServerTest>();
  const action = useAction(async () => setTest(await call("POST /servers/{server}/test", { path: { server: "local" } }, { plain: true })));
  const { run } = action;
  useEffect(() => void run(), [run]);
  async function leave(to: string): Promise<void> {
    await onDone();
    go(to, { replace: true });
  }
  return (
    <div className="form">
      <p>The engine of this machine is the first server. More of them can be added over SSH at any time.</p>
      <div aria-live="polite" className="stack-tight">
        {action.isBusy && <Skeleton lines={3} waitingFor="the engine" />}
        {action.problem && <ProblemNote problem={action.problem} retry={() => void run()} />}
        {test && !action.isBusy && <TestSteps test={test} />}
      </div>
      <div className="row">
        <Button kind="main" onClick={() => void leave(test?.ok ? "/stacks/new" : "/")}>{test?.ok ? "Make the first stack" : "Go on without it"}</Button>
        {test && !test.ok && <Button icon="restart" isBusy={action.isBusy} onClick={() => void run()}>Test again</Button>}
        {test?.ok && <Button kind="quiet" onClick={() => void leave("/")}>To the overview</Button>}
      </div>
    </div>
  );
}
