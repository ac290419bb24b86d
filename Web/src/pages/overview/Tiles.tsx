import type { Server, Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { Status } from "../../parts/Status";
import { statusCounts } from "../stacks/stackView";

interface Props {
  stacks: Stack[];
  servers: Server[] | undefined;
  running: number | undefined;
  needs: number;
}

/** The figures at the top of the overview. */
export function Tiles({ stacks, servers, running, needs }: Props) {
  const engines = servers?.filter((server) => !server.jump_only);
  const up = engines?.filter((server) => server.link === "up").length;
  const containers = stacks.reduce((sum, stack) => sum + stack.containers, 0);
  const containersUp = stacks.reduce((sum, stack) => sum + stack.running, 0);
  return (
    <div className="tiles">
      <Link to="/stacks" className="tile">
        <span className="tile-name">Stacks</span>
        <span className="tile-number">{stacks.length}</span>
        <span className="row">{[...statusCounts(stacks)].map(([status, amount]) => <span key={status} className="small">{amount} <Status status={status} /></span>)}</span>
      </Link>
      <div className="tile">
        <span className="tile-name">Containers running</span>
        <span className="tile-number">{containersUp}</span>
        <span className="tile-note muted">of {containers}</span>
      </div>
      <Link to="/servers" className="tile">
        <span className="tile-name">Servers reachable</span>
        <span className="tile-number">{up ?? "–"}</span>
        <span className="tile-note muted">of {engines?.length ?? "–"}</span>
      </Link>
      <Link to="/operations?state=open" className="tile">
        <span className="tile-name">Operations running</span>
        <span className="tile-number">{running ?? "–"}</span>
      </Link>
      <div className="tile">
        <span className="tile-name">Needs you</span>
        <span className="tile-number">{needs}</span>
      </div>
    </div>
  );
}
