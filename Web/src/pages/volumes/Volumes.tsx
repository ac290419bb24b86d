import type { PageProps } from "../../app/routes";
import { OnEachServer } from "../server/OnEachServer";
import { VolumesOf } from "./VolumesOf";

/** The volumes of all servers. */
export default function Volumes(_: PageProps) {
  return <OnEachServer title="Volumes">{(server) => <VolumesOf server={server} />}</OnEachServer>;
}
