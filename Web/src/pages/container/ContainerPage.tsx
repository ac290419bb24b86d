import { lazy, Suspense } from "react";
import { call } from "../../api/client";
import { useContainer } from "../../api/containers";
import type { ContainerDetail } from "../../api/schema";
import { Link } from "../../app/Link";
import type { PageProps } from "../../app/routes";
import { path } from "../../app/router";
import { may, mayExec, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { LinkButton } from "../../parts/LinkButton";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { Status } from "../../parts/Status";
import { useAction } from "../../parts/useAction";
import { Inspection } from "./Inspection";
import { Limits } from "./Limits";
import { Usage } from "./Usage";

const LogView = lazy(async () => ({ default: (await import("../../logs/LogView")).LogView }));

type Act = "start" | "stop" | "restart";

/** One container: what it uses, what it says, how it was made. */
export default function ContainerPage({ params }: PageProps) {
  const { server = "local", container: id = "" } = params;
  const live = useContainer(server, id);
  const { session } = useSession();
  const ids = { path: { server, container: id } };
  const act = useAction(async (name: Act) => {
    await call(`POST /servers/{server}/containers/{container}/${name}` as "POST /servers/{server}/containers/{container}/stop", { ...ids, body: {} } as never);
    live.reload();
  });
  const container = live.value?.container;
  const scope = { server, stack: container?.stack };
  const refusal = may(session, "operator", scope) ? null : "needs operator";
  const isRunning = container?.status === "running";
  return (
    <Page
      title={container?.name ?? id.slice(0, 12)} mark={container && <Status status={isRunning ? container.health ?? "running" : container.status} />}
      crumbs={[{ to: path`/servers/${server}`, text: server }, ...(container?.stack ? [{ to: path`/stacks/${`${container.stack}@${server}`}`, text: container.stack }] : [])]}
      actions={
        container && (
          <>
            {isRunning && container.stack && mayExec(session, scope) && (
              <LinkButton icon="terminal" to={`${path`/terminal/${container.id}`}?server=${encodeURIComponent(server)}`}>Terminal</LinkButton>
            )}
            {isRunning ? (
              <>
                <Button icon="restart" refusal={refusal} isBusy={act.isBusy} onClick={() => void act.run("restart")}>Restart</Button>
                <Button icon="stop" refusal={refusal} isBusy={act.isBusy} onClick={() => void act.run("stop")}>Stop</Button>
              </>
            ) : (
              <Button icon="start" kind="main" refusal={refusal} isBusy={act.isBusy} onClick={() => void act.run("start")}>Start</Button>
            )}
          </>
        )
      }
    >
      {act.problem && <ProblemNote problem={act.problem} />}
      <Loaded live={live} waitingFor={server}>{(detail) => <Parts detail={detail} server={server} refusal={refusal} />}</Loaded>
    </Page>
  );
}

function Parts({ detail, server, refusal }: { detail: ContainerDetail; server: string; refusal: string | null }) {
  const { container } = detail;
  return (
    <>
      {container.status === "running" && <Panel title="Use"><Usage key={container.id} server={server} container={container.id} detail={detail} /></Panel>}
      <div className="columns">
        <Panel title="Made of"><Inspection detail={detail} /></Panel>
        <Panel title="Limits"><Limits detail={detail} server={server} refusal={refusal} /></Panel>
      </div>
      <Panel title="Log" actions={container.stack && <Link to={path`/stacks/${`${container.stack}@${server}`}/logs`}>Log of the stack</Link>}>
        <Suspense fallback={<Skeleton lines={8} />}><LogView name={container.name} targets={[{ container: container.id, server }]} /></Suspense>
      </Panel>
    </>
  );
}
