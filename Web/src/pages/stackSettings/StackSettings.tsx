import type { PageProps } from "../../app/routes";
import { may, useSession } from "../../app/session";
import { StackPage } from "../stack/StackPage";
import { DriftPanel } from "./DriftPanel";
import { MovePanel } from "./MovePanel";
import { PolicyPanel } from "./PolicyPanel";
import { RepositoryPanel } from "./RepositoryPanel";
import { WebhooksPanel } from "./WebhooksPanel";

/** What holds for a stack beyond its files. */
export default function StackSettings({ params }: PageProps) {
  const { session } = useSession();
  return (
    <StackPage stack={params.stack ?? ""} tab="settings" name="Settings">
      {(stack) => {
        const scope = { server: stack.server, stack: stack.name };
        const isOperator = may(session, "operator", scope);
        return (
          <div className="stack">
            <DriftPanel stack={stack} />
            <RepositoryPanel stack={stack} refusal={isOperator ? null : "needs operator"} />
            <PolicyPanel stack={stack} isAdmin={may(session, "admin", { server: stack.server })} />
            {isOperator && <WebhooksPanel stack={stack} />}
            {isOperator && <MovePanel stack={stack} />}
          </div>
        );
      }}
    </StackPage>
  );
}
