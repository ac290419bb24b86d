import { lazyPage } from "../../app/lazyPage";
import type { PageProps } from "../../app/routes";
import { useQuery } from "../../app/router";
import { intentOf } from "../../plan/intent";
import { StackPage } from "../stack/StackPage";

// It is fetched while the stack is asked for.
const view = import("./PlanView");
const PlanView = lazyPage(() => view);

/** What a deploy (or, with `?rollback=N`, going back) would do, and its confirmation. */
export default function PlanPage({ params }: PageProps) {
  const intent = intentOf(useQuery());
  return (
    <StackPage stack={params.stack ?? ""} tab="plan" name={intent.kind === "deploy" ? "Plan" : `Roll back to ${intent.to}`}>
      {(stack) => <PlanView key={`${stack.id} ${intent.kind === "rollback" ? intent.to : ""}`} stack={stack} intent={intent} />}
    </StackPage>
  );
}
