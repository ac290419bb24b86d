import type { PageProps } from "../../app/routes";
import { StackPage } from "../stack/StackPage";
import { VariableTable } from "./VariableTable";

/** The variables of a stack. */
export default function Env({ params }: PageProps) {
  return <StackPage stack={params.stack ?? ""} tab="env" name="Env">{(stack) => <VariableTable key={stack.id} stack={stack} />}</StackPage>;
}
