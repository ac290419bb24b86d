import type { PageProps } from "../../app/routes";
import { StackPage } from "./StackPage";

export default function StackEvents({ params }: PageProps) {
  return <StackPage stack={params.stack ?? ""} name="StackEvents">{() => null}</StackPage>;
}
