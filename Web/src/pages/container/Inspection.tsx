import type { ContainerDetail } from "../../api/schema";
import { Badge } from "../../parts/Badge";
import { Facts } from "../../parts/Facts";
import { Time } from "../../parts/Time";
import { count, shortId } from "../../parts/format";

/** How a container was made, and how it went. */
export function Inspection({ detail }: { detail: ContainerDetail }) {
  const { container } = detail;
  return (
    <>
      <Facts
        facts={[
          ["Image", <code key="image">{container.image}</code>],
          ["Image id", <code key="id">{shortId(detail.image_id)}</code>],
          ["Id", <code key="container">{shortId(container.id)}</code>],
          ["Command", detail.command.length > 0 && <code key="command">{detail.command.join(" ")}</code>],
          ["Entrypoint", detail.entrypoint.length > 0 && <code key="entrypoint">{detail.entrypoint.join(" ")}</code>],
          ["User", detail.user],
          ["Started", detail.started_at && <Time key="started" at={detail.started_at} />],
          ["Ended", container.status !== "running" && detail.finished_at ? <span key="ended"><Time at={detail.finished_at} />, with {detail.exit_code ?? "no code"}</span> : null],
          ["Restarts", detail.restart_count],
          ["Revision", detail.revision],
          ["Log driver", detail.log_driver],
          ["Network mode", detail.network_mode],
        ]}
      />
      <div className="row">
        {detail.privileged && <Badge tone="danger">privileged</Badge>}
        {detail.out_of_memory && <Badge tone="danger">ended for want of memory</Badge>}
        {detail.read_only_root && <Badge tone="ok">read-only root</Badge>}
        {detail.added_capabilities.map((one) => <Badge key={one} tone="warn">+{one}</Badge>)}
        {detail.dropped_capabilities.map((one) => <Badge key={one}>−{one}</Badge>)}
      </div>
      <Pairs title={count(detail.environment.length, "variable")} pairs={detail.environment.map((one) => [one.name, one.masked ? "••••••" : one.value])} />
      <Pairs title={count(detail.labels.length, "label")} pairs={detail.labels.map((one) => [one.name, one.masked ? "••••••" : one.value])} />
      <Pairs title={count(detail.mounts.length, "mount")} pairs={detail.mounts.map((one) => [one.target, `${one.kind} ${one.name ?? one.source}${one.writable ? "" : ", read-only"}`])} />
      <Pairs
        title={count(detail.networks.length, "network")}
        pairs={detail.networks.map((one) => [one.name, [one.address, one.ipv6_address, one.aliases.length > 0 && `as ${one.aliases.join(", ")}`].filter(Boolean).join(", ")])}
      />
      {detail.probes.length > 0 && (
        <Pairs title={count(detail.probes.length, "health check")} pairs={detail.probes.map((one, index) => [`${index + 1}: exit ${one.exit_code}`, one.output])} />
      )}
    </>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: [string, string][] }) {
  if (pairs.length === 0) return null;
  return (
    <details>
      <summary>{title}</summary>
      <Facts facts={pairs.map(([name, value]) => [name, <code key={name}>{value}</code>])} />
    </details>
  );
}
