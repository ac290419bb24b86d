import type { PageProps } from "../../app/routes";
import { StackPage } from "./StackPage";

export default function StackOverview({ params }: PageProps) {
  return <StackPage stack={params.stack ?? ""} name="StackOverview">{() => null}</StackPage>;
}
