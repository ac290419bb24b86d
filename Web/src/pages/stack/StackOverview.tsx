import { useServices } from "../../api/stacks";
import type { Stack } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { path } from "../../app/router";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Link } from "../../app/Link";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { Time } from "../../parts/Time";
import { useOperations } from "../../api/operations";
import { RecentOperations } from "../overview/RecentOperations";
import { DriftNote } from "./DriftNote";
import { ServiceTable } from "./ServiceTable";
import { StackLog } from "./StackLog";
import { StackPage } from "./StackPage";
import { useStackStats } from "./useStackStats";
import "./stack.css";

/** The first tab of a stack: its services as they run. */
export default function StackOverview({ params }: PageProps) {
  const id = params.stack ?? "";
  return <StackPage stack={id} name="Services">{(stack) => <Services stack={stack} />}</StackPage>;
}

function Services({ stack }: { stack: Stack }) {
  const services = useServices(stack.id);
  const operations = useOperations({ stack: stack.id });
  const usage = useStackStats(stack.running > 0 && stack.reachable ? stack.id : null);
  return (
    <>
      {!stack.reachable && (
        <Note kind="warn" title={`${stack.server} cannot be reached`}>
          What is shown was seen last. <Link to={path`/servers/${stack.server}`}>Look at the server</Link>
        </Note>
      )}
      {stack.busy && <BusyNote stack={stack} operation={operations.value?.find((one) => !one.ended_at)?.id} />}
      {stack.managed && stack.reachable && stack.revision != null && stack.status !== "down" && <DriftNote stack={stack} />}
      <Panel title="Services" isFlush>
        <Loaded live={services} waitingFor={stack.server}>
          {(list) =>
            list.length === 0 ? (
              <Empty title="No container is there" action={stack.managed && <LinkButton to={path`/stacks/${stack.id}/plan`} kind="main" icon="deploy">Deploy</LinkButton>}>
                {stack.managed ? "The stack has files, but it is not deployed." : "Its files were deleted; its revisions are left as its history."}
              </Empty>
            ) : (
              <ServiceTable stack={stack} services={list} usage={usage} />
            )
          }
        </Loaded>
      </Panel>
      {stack.running > 0 && stack.reachable && <StackLog stack={stack} />}
      <div className="columns">
        <Panel title="Recent operations" isFlush>
          <Loaded live={operations}>{(list) => <RecentOperations operations={list.slice(0, 6)} />}</Loaded>
        </Panel>
        <Panel title="About">
          <Facts
            facts={[
              ["Server", <Link key="server" to={path`/servers/${stack.server}`}>{stack.server}</Link>],
              ["Revision", stack.revision != null ? <Link key="revision" to={path`/stacks/${stack.id}/revisions/${stack.revision}`}>{stack.revision}</Link> : "none runs"],
              ["Newest", stack.last_revision !== stack.revision && stack.last_revision != null ? <Link key="last" to={path`/stacks/${stack.id}/revisions/${stack.last_revision}`}>{stack.last_revision}</Link> : null],
              ["Changed", stack.changed_at && <Time key="changed" at={stack.changed_at} />],
              ["Files", stack.managed ? "kept by Slipway" : "not managed by Slipway"],
            ]}
          />
        </Panel>
      </div>
    </>
  );
}

function BusyNote({ stack, operation }: { stack: Stack; operation: string | undefined }) {
  return (
    <Note title={`Busy: ${stack.busy}`}>
      {operation && <Link to={`/operations/${operation}`}>Watch it</Link>}
    </Note>
  );
}
