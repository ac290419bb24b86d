import { Button } from "../parts/Button";
import { Checkbox } from "../parts/Checkbox";
import { Chip } from "../parts/Chip";
import { CopyButton } from "../parts/CopyButton";
import { Field } from "../parts/Field";
import { FilterBox } from "../parts/FilterBox";
import { Select } from "../parts/Select";
import type { LogFilter } from "./filter";
import { LEVELS } from "./line";
import type { FromLogs } from "./messages";

export type LogDialog = "time" | "display" | "download";

interface Props {
  filter: LogFilter;
  onFilter: (change: Partial<LogFilter>) => void;
  shown: FromLogs;
  onOpen: (dialog: LogDialog) => void;
  /** One of several on the page: the key / goes to the first. */
  isBeside?: boolean;
}

const STREAMS = [{ value: "", label: "Both streams" }, { value: "stdout", label: "stdout" }, { value: "stderr", label: "stderr" }];

/** The filter of a log, its levels and services with their counts, and what can be done with the result. */
export function LogToolbar({ filter, onFilter, shown, onOpen, isBeside }: Props) {
  const levels = new Map(shown.levels);
  const toggle = <T extends string>(list: T[], one: T, isOn: boolean) => (isOn ? [...list, one] : list.filter((other) => other !== one));
  // What was chosen stays, so that it can be taken back.
  const services = [...new Set([...shown.services.map(([name]) => name), ...filter.services])].sort();
  return (
    <div className="stack-tight">
      <div className="toolbar">
        {isBeside ? (
          <Field label="Text or /expression/" isLabelHidden type="search" placeholder="Text or /expression/" value={filter.text} onChange={(text) => onFilter({ text })} autoComplete="off" />
        ) : (
          <FilterBox label="Text or /expression/" value={filter.text} onChange={(text) => onFilter({ text })} />
        )}
        <Field label="Exclude" isLabelHidden placeholder="Exclude" value={filter.exclude} onChange={(exclude) => onFilter({ exclude })} />
        <Field label="JSON field" isLabelHidden placeholder="field:value, field>number" value={filter.field} onChange={(field) => onFilter({ field })} />
        <Checkbox label="Case" isOn={filter.isCaseSensitive} onChange={(isCaseSensitive) => onFilter({ isCaseSensitive })} />
        <Checkbox label="Keep other lines" isOn={filter.isMarking} onChange={(isMarking) => onFilter({ isMarking })} />
        <Select label="Stream" isLabelHidden value={filter.stream} options={STREAMS} onChange={(stream) => onFilter({ stream })} />
        <Button icon="clock" onClick={() => onOpen("time")}>Time</Button>
        <Button icon="eye" onClick={() => onOpen("display")}>Display</Button>
        <Button icon="download" onClick={() => onOpen("download")}>Download</Button>
        <CopyButton text={location.href} name="Copy a link to this view" />
      </div>
      {shown.filterError && <p className="field-error" role="alert">{shown.filterError}</p>}
      <div className="toolbar">
        {LEVELS.filter((level) => levels.get(level) || filter.levels.includes(level)).map((level) => (
          <Chip key={level} text={level === "none" ? "no level" : level} count={levels.get(level)} isOn={filter.levels.includes(level)} onChange={(isOn) => onFilter({ levels: toggle(filter.levels, level, isOn) })} />
        ))}
        {(services.length > 1 || filter.services.length > 0) && services.map((service) => (
          <Chip key={service} text={service} isOn={filter.services.includes(service)} onChange={(isOn) => onFilter({ services: toggle(filter.services, service, isOn) })} />
        ))}
      </div>
    </div>
  );
}
