import type { ServerInfo } from "../../api/schema";
import { Bar } from "../../parts/Bar";
import { Facts } from "../../parts/Facts";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { bytesText, durationText } from "../../parts/format";
import { DiskUsage } from "./DiskUsage";

/** Clocks that differ by more make times of logs and events wrong. */
const skewLimitMilliseconds = 5000;

/** Processors, memory, disks and what takes them. */
export function SystemFacts({ server, info }: { server: string; info: ServerInfo }) {
  const { usage } = info;
  const skew = info.clock_skew_milliseconds ?? 0;
  return (
    <>
      {Math.abs(skew) > skewLimitMilliseconds && <Note kind="warn" title={`Its clock is ${durationText(Math.abs(skew))} ${skew > 0 ? "ahead" : "behind"}.`} />}
      <div className="tiles">
        <Share name="Memory" used={info.available_memory_bytes == null ? null : info.memory_bytes - info.available_memory_bytes} whole={info.memory_bytes} />
        {info.root_disk && <Share name="Disk of the engine" used={info.root_disk.size_bytes - info.root_disk.free_bytes} whole={info.root_disk.size_bytes} note={info.root_disk.path} />}
        {info.files_disk && <Share name="Disk of the files" used={info.files_disk.size_bytes - info.files_disk.free_bytes} whole={info.files_disk.size_bytes} note={info.files_disk.path} />}
        <div className="tile">
          <span className="tile-name">Load</span>
          <span className="tile-number">{info.load?.[0]?.toFixed(2) ?? "–"}</span>
          <span className="tile-note muted">{info.processors} processors{info.load ? `, ${info.load.slice(1).map((value) => value.toFixed(2)).join(" and ")} before` : ""}</span>
        </div>
      </div>
      <Panel title="System">
        <Facts
          facts={[
            ["Operating system", info.operating_system], ["Kernel", info.kernel_version], ["Architecture", info.architecture],
            ["Engine", `${info.podman ? "Podman" : "Docker"} ${info.engine_version}, API ${info.api_version}`], ["Up for", info.uptime_seconds == null ? null : durationText(info.uptime_seconds * 1000)],
            ["Storage driver", info.storage_driver], ["Control groups", `version ${info.cgroup_version}, ${info.cgroup_driver}`],
            ["Containers", `${info.containers_running} of ${info.containers} run`], ["Images", info.images],
          ]}
        />
      </Panel>
      {usage && <DiskUsage server={server} usage={usage} />}
    </>
  );
}

function Share({ name, used, whole, note }: { name: string; used: number | null; whole: number; note?: string }) {
  const text = used === null ? `of ${bytesText(whole)}` : `${bytesText(used)} of ${bytesText(whole)}`;
  return (
    <div className="tile">
      <span className="tile-name">{name}</span>
      <span className="tile-number">{used === null ? "–" : `${Math.round((used / whole) * 100)} %`}</span>
      {used !== null && <Bar name={name} value={used} of={whole} text={text} />}
      <span className="tile-note muted">{text}{note && <span className="mono"> {note}</span>}</span>
    </div>
  );
}
