import { useServerInfo } from "../../api/serverInfo";
import type { Server } from "../../api/schema";
import { Bar } from "../../parts/Bar";
import { machineShares } from "./machineShares";

/** Processors, memory and disk of a server that can be asked, each as a bar with its figure. */
export function MachineBars({ server }: { server: Server }) {
  const isAsked = server.link === "up" && !server.jump_only;
  const info = useServerInfo(isAsked ? server.name : null);
  if (info.value === undefined) return isAsked && info.problem ? <span className="muted">not told</span> : null;
  return (
    <ul className="machine-bars small">
      {machineShares(info.value).map((share) => (
        <li key={share.name}>
          <span className="muted">{share.name}</span> <Bar name={`${share.name} of ${server.name}`} value={share.used} of={share.of} text={share.text} /> <span className="numbers">{share.text}</span>
        </li>
      ))}
    </ul>
  );
}
