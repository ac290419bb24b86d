import { Button } from "../parts/Button";
import { Checkbox } from "../parts/Checkbox";
import { Dialog } from "../parts/Dialog";
import { Select } from "../parts/Select";
import type { TimeForm } from "./timeText";
import { SIZES, useLogDisplay, withColumn } from "./useLogDisplay";

const TIMES = [{ value: "local", label: "Local time" }, { value: "UTC", label: "UTC" }, { value: "relative", label: "How long ago" }, { value: "off", label: "No time" }];

/** How lines look; it holds at once, and the next time too. */
export default function DisplayDialog({ onClose }: { onClose: () => void }) {
  const [display, setDisplay] = useLogDisplay();
  const columns = Object.entries(display.columns).flatMap(([service, fields]) => fields.map((field) => [service, field] as const));
  return (
    <Dialog title="Display" onClose={onClose}>
      <div className="form">
        <Select label="Times" value={display.time} options={TIMES} onChange={(time) => setDisplay({ time: time as TimeForm })} />
        <Select label="Size of the text" value={String(display.size)} options={SIZES.map((size) => ({ value: String(size), label: `${size} px` }))} onChange={(size) => setDisplay({ size: Number(size) })} />
        <Checkbox label="Wrap long lines" isOn={display.isWrapped} onChange={(isWrapped) => setDisplay({ isWrapped })} />
        <Checkbox label="Close lines together" isOn={display.isCompact} onChange={(isCompact) => setDisplay({ isCompact })} />
        {columns.length > 0 && (
          <div className="field">
            <span className="muted">Fields of JSON lines as columns</span>
            <ul className="plain-list">
              {columns.map(([service, field]) => (
                <li key={`${service} ${field}`} className="row">
                  <span><b>{service}</b> {field}</span>
                  <Button kind="quiet" icon="close" iconOnly onClick={() => setDisplay({ columns: withColumn(display.columns, service, field) })}>{`Take out ${field} of ${service}`}</Button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Dialog>
  );
}
