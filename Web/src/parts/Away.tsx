import { useServers } from "../api/servers";
import { Time } from "./Time";

/** That a server cannot be asked, and when it could be last. */
export function Away({ server }: { server: string }) {
  const seenAt = useServers().value?.find((one) => one.name === server)?.seen_at;
  return <span className="small"> · {server} is away{seenAt && <>, last seen <Time at={seenAt} /></>}</span>;
}
