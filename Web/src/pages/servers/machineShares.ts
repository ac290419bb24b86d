import type { ServerInfo } from "../../api/schema";
import { bytesText } from "../../parts/format";

export interface MachineShare {
  name: "CPU" | "Memory" | "Disk";
  used: number;
  of: number;
  text: string;
}

/** How full a machine is; what its engine cannot tell is left out. Of the processors, the load of the last minute. */
export function machineShares(info: Pick<ServerInfo, "load" | "processors" | "memory_bytes" | "available_memory_bytes" | "root_disk">): MachineShare[] {
  const shares: MachineShare[] = [];
  const load = info.load?.[0];
  if (load !== undefined) shares.push({ name: "CPU", used: load, of: info.processors, text: `load ${load.toFixed(1)} of ${info.processors}` });
  if (info.available_memory_bytes != null) {
    const used = info.memory_bytes - info.available_memory_bytes;
    shares.push({ name: "Memory", used, of: info.memory_bytes, text: `${bytesText(used)} of ${bytesText(info.memory_bytes)}` });
  }
  if (info.root_disk != null) {
    const { size_bytes: of, free_bytes: free } = info.root_disk;
    shares.push({ name: "Disk", used: of - free, of, text: `${bytesText(of - free)} of ${bytesText(of)}` });
  }
  return shares;
}
