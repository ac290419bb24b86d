import type { PageProps } from "../../app/routes";
import { ImagesOf } from "../images/ImagesOf";
import { ServerPage } from "./ServerPage";

/** The images of one server. */
export default function ServerImages({ params }: PageProps) {
  return <ServerPage server={params.server ?? ""} tab="images" name="Images">{(server) => <ImagesOf server={server.name} />}</ServerPage>;
}
