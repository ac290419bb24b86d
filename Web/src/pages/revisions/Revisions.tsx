import type { PageProps } from "../../app/routes";
import { StackPage } from "../stack/StackPage";
import { Timeline } from "./Timeline";

/** What was deployed of a stack. */
export default function Revisions({ params }: PageProps) {
  return <StackPage stack={params.stack ?? ""} tab="revisions" name="Revisions">{(stack) => <Timeline stack={stack} />}</StackPage>;
}
