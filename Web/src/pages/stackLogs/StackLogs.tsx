import { lazy, Suspense } from "react";
import type { PageProps } from "../../app/routes";
import { Skeleton } from "../../parts/Skeleton";
import { StackPage } from "../stack/StackPage";

const LogView = lazy(async () => ({ default: (await import("../../logs/LogView")).LogView }));

/** The log of a stack: all its services, merged. */
export default function StackLogs({ params }: PageProps) {
  const id = params.stack ?? "";
  return (
    <StackPage stack={id} tab="logs" name="Logs" isWide>
      {(stack) => (
        <Suspense fallback={<Skeleton lines={8} />}>
          <LogView name={stack.name} targets={[{ stack: stack.name, server: stack.server }]} />
        </Suspense>
      )}
    </StackPage>
  );
}
