import { useServices } from "../../api/stacks";
import type { Stack } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { path } from "../../app/router";
import { Empty } from "../../parts/Empty";
import { Link } from "../../app/Link";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { useOperations } from "../../api/operations";
import { RecentOperations } from "../overview/RecentOperations";
import { DriftNote } from "./DriftNote";
import { ServiceTable } from "./ServiceTable";
import { StackLog } from "./StackLog";
import { StackPage } from "./StackPage";
import { UsageCharts } from "../../usage/UsageCharts";
import { useLiveUsage } from "../../usage/useLiveUsage";
import "./stack.css";

/** The first tab of a stack: its services as they run. */
export default function StackOverview({ params }: PageProps) {
  const id = params.stack ?? "";
  return <StackPage stack={id} name="Services">{(stack) => <Services stack={stack} />}</StackPage>;
}

function Services({ stack }: { stack: Stack }) {
  const services = useServices(stack.id);
  const operations = useOperations({ stack: stack.id });
  const isMeasured = stack.running > 0 && stack.reachable;
  const usage = useLiveUsage(isMeasured ? stack.id : null, stack.running);
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
              <ServiceTable stack={stack} services={list} usage={usage.now} />
            )
          }
        </Loaded>
      </Panel>
      <div className="columns">
        {isMeasured && <StackLog stack={stack} />}
        <div className="stack">
          {isMeasured && <Panel title="Usage"><UsageCharts usage={usage} /></Panel>}
          <Panel title="Recent operations" isFlush>
            <Loaded live={operations}>{(list) => <RecentOperations operations={list.slice(0, 6)} />}</Loaded>
          </Panel>
        </div>
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
