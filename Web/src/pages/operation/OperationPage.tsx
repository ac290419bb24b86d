import type { PageProps } from "../../app/routes";
import { Page } from "../../parts/Page";

export default function OperationPage({ params }: PageProps) {
  return <Page title={params.operation ?? ""}>{null}</Page>;
}
