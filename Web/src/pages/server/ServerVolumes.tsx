import type { PageProps } from "../../app/routes";
import { VolumesOf } from "../volumes/VolumesOf";
import { ServerPage } from "./ServerPage";

/** The volumes of one server. */
export default function ServerVolumes({ params }: PageProps) {
  return <ServerPage server={params.server ?? ""} tab="volumes" name="Volumes">{(server) => <VolumesOf server={server.name} />}</ServerPage>;
}
