import { addressOf } from "../api/client";
import { Checkbox } from "../parts/Checkbox";
import { Chip } from "../parts/Chip";
import { CopyButton } from "../parts/CopyButton";
import { Field } from "../parts/Field";
import { FilterBox } from "../parts/FilterBox";
import { Icon } from "../parts/Icon";
import { Menu } from "../parts/Menu";
import { Select } from "../parts/Select";
import type { LogFilter } from "./filter";
import { LEVELS } from "./line";
import type { FromLogs } from "./messages";
import type { TimeForm } from "./timeText";

interface Props {
  filter: LogFilter;
  onFilter: (change: Partial<LogFilter>) => void;
  shown: FromLogs;
  timeForm: TimeForm;
  onTimeForm: (form: TimeForm) => void;
  isWrapped: boolean;
  onWrap: (isWrapped: boolean) => void;
  downloadQuery: object;
}

const TIMES = [{ value: "local", label: "Local time" }, { value: "UTC", label: "UTC" }, { value: "off", label: "No time" }];
const STREAMS = [{ value: "", label: "Both streams" }, { value: "stdout", label: "stdout" }, { value: "stderr", label: "stderr" }];

/** The filter of a log, its levels and services with their counts, and what can be done with the result. */
export function LogToolbar({ filter, onFilter, shown, timeForm, onTimeForm, isWrapped, onWrap, downloadQuery }: Props) {
  const levels = new Map(shown.levels);
  const toggle = <T extends string>(list: T[], one: T, isOn: boolean) => (isOn ? [...list, one] : list.filter((other) => other !== one));
  // What was chosen stays, so that it can be taken back.
  const services = [...new Set([...shown.services.map(([name]) => name), ...filter.services])].sort();
  const download = (form: object) => addressOf("GET /logs/download", { query: { ...downloadQuery, ...form } }).url;
  return (
    <div className="stack-tight">
      <div className="toolbar">
        <FilterBox label="Text or /expression/" value={filter.text} onChange={(text) => onFilter({ text })} />
        <Field label="Exclude" isLabelHidden placeholder="Exclude" value={filter.exclude} onChange={(exclude) => onFilter({ exclude })} />
        <Field label="JSON field" isLabelHidden placeholder="field:value, field>number" value={filter.field} onChange={(field) => onFilter({ field })} />
        <Checkbox label="Case" isOn={filter.isCaseSensitive} onChange={(isCaseSensitive) => onFilter({ isCaseSensitive })} />
        <Select label="Stream" isLabelHidden value={filter.stream} options={STREAMS} onChange={(stream) => onFilter({ stream })} />
        <Select label="Times" isLabelHidden value={timeForm} options={TIMES} onChange={(form) => onTimeForm(form as TimeForm)} />
        <Checkbox label="Wrap" isOn={isWrapped} onChange={onWrap} />
        <a className="button button-plain" href={download({})} download="log.txt"><Icon name="download" /> Download</a>
        <Menu
          name="Other forms of the download"
          items={[
            { text: "With times", onChoose: () => location.assign(download({ timestamps: true })) },
            { text: "JSON lines", onChoose: () => location.assign(download({ format: "jsonl" })) },
            { text: "The last 1000 lines", onChoose: () => location.assign(download({ tail: 1000 })) },
            { text: "The last hour", onChoose: () => location.assign(download({ last: "1h", timestamps: true })) },
          ]}
        />
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
