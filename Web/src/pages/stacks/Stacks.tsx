import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";

export default function Stacks() {
  return <Page title="Stacks"><Skeleton /></Page>;
}
