import { lazy, Suspense } from "react";
import type { Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { path } from "../../app/router";
import { Panel } from "../../parts/Panel";
import { Skeleton } from "../../parts/Skeleton";

/** Not every visit shows a log. */
const LogView = lazy(async () => ({ default: (await import("../../logs/LogView")).LogView }));

/** The last lines of a stack, as they come. */
export function StackLog({ stack }: { stack: Stack }) {
  return (
    <Panel title="Log" actions={<Link to={path`/stacks/${stack.id}/logs`}>All of it</Link>}>
      <Suspense fallback={<Skeleton lines={8} />}>
        <LogView isCompact name={stack.name} targets={[{ stack: stack.name, server: stack.server }]} />
      </Suspense>
    </Panel>
  );
}
