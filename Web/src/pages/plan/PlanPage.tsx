import type { PageProps } from "../../app/routes";
import { useQuery } from "../../app/router";
import { intentOf } from "../../plan/intent";
import { StackPage } from "../stack/StackPage";
import { PlanView } from "./PlanView";

/** What a deploy (or, with `?rollback=N`, going back) would do, and its confirmation. */
export default function PlanPage({ params }: PageProps) {
  const intent = intentOf(useQuery());
  return (
    <StackPage stack={params.stack ?? ""} tab="plan" name={intent.kind === "deploy" ? "Plan" : `Roll back to ${intent.to}`}>
      {(stack) => <PlanView key={`${stack.id} ${intent.kind === "rollback" ? intent.to : ""}`} stack={stack} intent={intent} />}
    </StackPage>
  );
}
