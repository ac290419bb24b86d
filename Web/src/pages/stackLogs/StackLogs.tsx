import { LogView } from "../../logs/LogView";
import type { PageProps } from "../../app/routes";
import { StackPage } from "../stack/StackPage";

/** The log of a stack: all its services, merged. */
export default function StackLogs({ params }: PageProps) {
  const id = params.stack ?? "";
  return (
    <StackPage stack={id} tab="logs" name="Logs" isWide>
      {(stack) => <LogView name={stack.name} targets={[{ stack: stack.name, server: stack.server }]} />}
    </StackPage>
  );
}
