import { lazyPage } from "../../app/lazyPage";
import type { PageProps } from "../../app/routes";
import { may, useSession } from "../../app/session";
import { StackPage } from "../stack/StackPage";

// It is fetched while the stack is asked for.
const editor = import("./ComposeEditor");
const ComposeEditor = lazyPage(() => editor);

/** The files of a stack. */
export default function Compose({ params }: PageProps) {
  const { session } = useSession();
  const id = params.stack ?? "";
  return (
    <StackPage stack={id} tab="compose" name="Files" isWide>
      {(stack) => <ComposeEditor key={stack.id} stack={stack.id} refusal={may(session, "operator", { server: stack.server, stack: stack.name }) ? null : "needs operator"} />}
    </StackPage>
  );
}
