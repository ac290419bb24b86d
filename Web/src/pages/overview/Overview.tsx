import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";

export default function Overview() {
  return <Page title="Overview"><Skeleton /></Page>;
}
