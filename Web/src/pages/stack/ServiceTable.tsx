import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import type { Container, Service, Stack } from "../../api/schema";
import { Link } from "../../app/Link";
import { go, path } from "../../app/router";
import { may, mayExec, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { bytesText } from "../../parts/format";
import { LinkButton } from "../../parts/LinkButton";
import { Status } from "../../parts/Status";
import { Table } from "../../parts/Table";
import { Ports } from "./Ports";
import type { Usage } from "../../usage/UsageSeries";

interface Row {
  key: string;
  service: Service;
  /** Null: the service has none. */
  container: Container | null;
  isFirst: boolean;
}

/** Each container of each service, as it runs. */
export function ServiceTable({ stack, services, usage }: { stack: Stack; services: Service[]; usage: ReadonlyMap<string, Usage> }) {
  const { session } = useSession();
  const [restarting, setRestarting] = useState<string>();
  const scope = { server: stack.server, stack: stack.name };
  const refusal = !may(session, "operator", scope) ? "needs operator" : stack.busy ? `busy: ${stack.busy}` : !stack.reachable ? `${stack.server} is away` : null;
  async function restart(service: string): Promise<void> {
    const body = { services: [service] };
    const operation = await call("POST /stacks/{stack}/restart", { path: { stack: stack.id }, body }, { idempotencyKey: idempotencyKey() });
    go(`/operations/${operation.id}`);
  }
  return (
    <>
      <Table
        caption={`Services of ${stack.name}`} rows={rowsOf(services)} rowKey={(row) => row.key} isGreyed={() => !stack.reachable}
        columns={[
          {
            key: "service", title: "Service", isName: true,
            cell: ({ service, container, isFirst }) => (
              <span className={isFirst ? undefined : "muted"}>
                {service.name}
                {container && <span className="below"><Link to={path`/servers/${stack.server}/containers/${container.id}`}>{container.name}</Link></span>}
              </span>
            ),
          },
          { key: "status", title: "Status", cell: ({ container }) => (container ? <ContainerStatus container={container} /> : <Status status="down" word="no container" />) },
          { key: "image", title: "Image", cell: ({ service, container }) => <code>{container?.image ?? service.image ?? "–"}</code>, className: "wraps" },
          { key: "ports", title: "Ports", cell: ({ container }) => (container ? <Ports container={container} isLocal={stack.server === "local"} /> : null) },
          { key: "cpu", title: "CPU", isNumber: true, cell: ({ container }) => cpuText(container && usage.get(container.id)) },
          { key: "memory", title: "Memory", isNumber: true, cell: ({ container }) => memoryText(container && usage.get(container.id)) },
          {
            key: "acts", title: "Acts", isTitleHidden: true,
            cell: ({ service, container }) => (
              <span className="row row-end">
                <LinkButton kind="quiet" icon="logs" iconOnly to={`${path`/stacks/${stack.id}/logs`}?service=${encodeURIComponent(service.name)}`}>{`Logs of ${service.name}`}</LinkButton>
                {container?.status === "running" && mayExec(session, scope) && (
                  <LinkButton kind="quiet" icon="terminal" iconOnly to={`${path`/terminal/${container.id}`}?server=${encodeURIComponent(stack.server)}`}>{`Terminal in ${container.name}`}</LinkButton>
                )}
                <Button kind="quiet" icon="restart" iconOnly refusal={refusal} onClick={() => setRestarting(service.name)}>{`Restart ${service.name}`}</Button>
              </span>
            ),
          },
        ]}
      />
      {restarting && (
        <Confirm title={`Restart ${restarting}?`} act={`Restart ${restarting}`} onConfirm={() => restart(restarting)} onClose={() => setRestarting(undefined)}>
          <p>Services that depend on it restart too.</p>
        </Confirm>
      )}
    </>
  );
}

function ContainerStatus({ container }: { container: Container }) {
  // Of one that has ended, the last health is of no use.
  const status = container.status === "running" ? container.health ?? container.status : container.status;
  return (
    <span title={container.text}>
      <Status status={status} />
      <span className="below">{container.text.replace(/ \((healthy|unhealthy|health: starting)\)$/, "")}</span>
    </span>
  );
}

function rowsOf(services: Service[]): Row[] {
  return services.flatMap((service): Row[] =>
    service.containers.length === 0
      ? [{ key: service.name, service, container: null, isFirst: true }]
      : service.containers.map((container, index) => ({ key: container.id, service, container, isFirst: index === 0 })),
  );
}

function cpuText(usage: Usage | null | undefined): string {
  return usage ? `${usage.cpu.toFixed(1)} %` : "–";
}

function memoryText(usage: Usage | null | undefined): string {
  return usage ? bytesText(usage.memory) : "–";
}
