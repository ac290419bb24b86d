import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";

export default function Operations() {
  return <Page title="Operations"><Skeleton /></Page>;
}
