import type { PageProps } from "../../app/routes";
import { NetworksOf } from "../networks/NetworksOf";
import { ServerPage } from "./ServerPage";

/** The networks of one server. */
export default function ServerNetworks({ params }: PageProps) {
  return <ServerPage server={params.server ?? ""} tab="networks" name="Networks">{(server) => <NetworksOf server={server.name} />}</ServerPage>;
}
