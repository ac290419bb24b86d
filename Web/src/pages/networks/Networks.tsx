import type { PageProps } from "../../app/routes";
import { OnEachServer } from "../server/OnEachServer";
import { NetworksOf } from "./NetworksOf";

/** The networks of all servers. */
export default function Networks(_: PageProps) {
  return <OnEachServer title="Networks">{(server) => <NetworksOf server={server} />}</OnEachServer>;
}
