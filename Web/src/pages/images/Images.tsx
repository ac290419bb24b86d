import type { PageProps } from "../../app/routes";
import { OnEachServer } from "../server/OnEachServer";
import { ImagesOf } from "./ImagesOf";

/** The images of all servers. */
export default function Images(_: PageProps) {
  return <OnEachServer title="Images">{(server) => <ImagesOf server={server} />}</OnEachServer>;
}
