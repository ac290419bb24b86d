import type { ServerInfo } from "../../api/schema";
import { path } from "../../app/router";
import { Bar } from "../../parts/Bar";
import { LinkButton } from "../../parts/LinkButton";
import { Panel } from "../../parts/Panel";
import { bytesText } from "../../parts/format";
import "./server.css";

/** What takes the engine's disk, by kind, with the way to what can be pruned. */
export function DiskUsage({ server, usage }: { server: string; usage: NonNullable<ServerInfo["usage"]> }) {
  const kinds = [
    { name: "Images", bytes: usage.images_bytes }, { name: "Containers", bytes: usage.containers_bytes }, { name: "Volumes", bytes: usage.volumes_bytes },
    { name: "Build cache", bytes: usage.build_cache_bytes },
  ];
  const whole = kinds.reduce((sum, kind) => sum + kind.bytes, 0);
  return (
    <Panel
      title="What takes the disk"
      actions={
        <>
          <LinkButton to={path`/servers/${server}/images`}>Images</LinkButton>
          <LinkButton to={path`/servers/${server}/volumes`}>Volumes</LinkButton>
        </>
      }
    >
      <ul className="disk-usage">
        {kinds.map((kind) => (
          <li key={kind.name}>
            <span>{kind.name}</span> <Bar name={kind.name} value={kind.bytes} of={whole || 1} text={bytesText(kind.bytes)} /> <span className="numbers">{bytesText(kind.bytes)}</span>
          </li>
        ))}
      </ul>
      <p className="muted">{`${bytesText(whole)} together. Pruning images shows the exact list first.`}</p>
    </Panel>
  );
}
