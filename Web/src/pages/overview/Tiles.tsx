import type { ReactNode } from "react";
import type { Server, Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { Icon, type IconName } from "../../parts/Icon";
import { Status } from "../../parts/Status";
import { classes } from "../../parts/classes";
import { statusCounts } from "../stacks/stackView";
import { StatusBar } from "./StatusBar";
import "./overview.css";

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
  const isAway = up !== undefined && engines !== undefined && up < engines.length;
  const containers = stacks.reduce((sum, stack) => sum + stack.containers, 0);
  const containersUp = stacks.reduce((sum, stack) => sum + stack.running, 0);
  return (
    <div className="tiles overview-tiles">
      <Tile name="Stacks" icon="stacks" to="/stacks" number={stacks.length} className="tile-wide">
        {stacks.length > 0 && <StatusBar stacks={stacks} />}
        <span className="row tile-words">{[...statusCounts(stacks)].map(([status, amount]) => <span key={status} className="small">{amount} <Status status={status} /></span>)}</span>
      </Tile>
      <Tile name="Containers running" icon="images" to="/stacks" number={containersUp}><span className="tile-note muted">of {containers}</span></Tile>
      <Tile name="Servers reachable" icon="servers" to="/servers" number={up ?? "–"} className={isAway ? "tile-warn" : undefined}>
        <span className="tile-note muted">of {engines?.length ?? "–"}</span>
      </Tile>
      <Tile name="Operations running" icon="operations" to="/operations?state=open" number={running ?? "–"}>
        <span className="tile-note muted">{running ? "watch them" : "all is quiet"}</span>
      </Tile>
    </div>
  );
}

function Tile({ name, icon, to, number, className, children }: { name: string; icon: IconName; to: string; number: ReactNode; className?: string; children?: ReactNode }) {
  return (
    <Link to={to} className={classes("tile", className)}>
      <span className="tile-name"><Icon name={icon} />{name}</span>
      <span className="tile-number">{number}</span>
      {children}
    </Link>
  );
}
