import type { Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { path } from "../../app/router";
import { Time } from "../../parts/Time";
import { count } from "../../parts/format";

/** What matters of a stack, in a line below its name. */
export function StackFacts({ stack }: { stack: Stack }) {
  const { revision, last_revision: newest } = stack;
  return (
    <>
      <span>on <Link to={path`/servers/${stack.server}`}>{stack.server}</Link></span>
      {revision != null && <span><Link to={path`/stacks/${stack.id}/revisions/${revision}`}>revision {revision}</Link> {stack.status === "down" ? "ran last" : "runs"}</span>}
      {newest != null && newest !== revision && <span><Link to={path`/stacks/${stack.id}/revisions/${newest}`}>revision {newest}</Link> is the newest</span>}
      {stack.services > 0 && <span>{stack.services_up} of {count(stack.services, "service")} up</span>}
      {stack.changed_at && <span>changed <Time at={stack.changed_at} /></span>}
      {!stack.managed && <span>not managed by Slipway</span>}
    </>
  );
}
