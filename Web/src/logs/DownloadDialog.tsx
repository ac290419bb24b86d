import { useState } from "react";
import { Checkbox } from "../parts/Checkbox";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Icon } from "../parts/Icon";
import { Note } from "../parts/Note";
import { Select } from "../parts/Select";
import type { Target } from "../stream/messages";
import { downloadsOf, type DownloadWish } from "./downloads";
import { hasExpression, partsOn, type LogFilter } from "./filter";
import { fieldValueOf, momentOf } from "./moments";

interface Props {
  targets: Target[];
  filter: LogFilter;
  /** The range of the view, to begin with. */
  since?: string;
  until?: string;
  onClose: () => void;
}

const FORMS = [{ value: "text", label: "Plain" }, { value: "times", label: "Plain with times" }, { value: "jsonl", label: "JSON lines" }];
const SPANS = [{ value: "all", label: "All that there is" }, { value: "lines", label: "Last lines" }, { value: "last", label: "Last while" }, { value: "range", label: "From, to" }];

/** What is wanted as a file: the filter's result or all, how far back, and in which form. */
export default function DownloadDialog({ targets, filter, since, until, onClose }: Props) {
  const [wish, setWish] = useState<DownloadWish>({
    isFiltered: true, span: since || until ? "range" : "all", lines: 1000, last: "1h", since: since ?? null, until: until ?? null, form: "text",
  });
  const change = (part: Partial<DownloadWish>) => setWish({ ...wish, ...part });
  const isLastFit = /^[1-9]\d{0,5}[smhd]$/.test(wish.last);
  const isRight = (wish.span !== "last" || isLastFit) && (wish.span !== "lines" || wish.lines >= 1);
  const downloads = isRight ? downloadsOf(targets, filter, wish) : [];
  return (
    <Dialog
      title="Download" onClose={onClose}
      footer={downloads.map(({ name, url }) => (
        <a key={url} className="button button-main" href={url} download><Icon name="download" /> {downloads.length > 1 ? `Download ${name}` : "Download the file"}</a>
      ))}
    >
      <div className="form">
        {partsOn(filter) > 0 && <Checkbox label="Only what fits the filter" isOn={wish.isFiltered} onChange={(isFiltered) => change({ isFiltered })} />}
        <Select label="How far back" value={wish.span} options={SPANS} onChange={(span) => change({ span: span as DownloadWish["span"] })} />
        {wish.span === "lines" && <Field label="Lines of each container" type="number" min="1" step="1" value={String(wish.lines || "")} onChange={(lines) => change({ lines: Math.floor(Number(lines)) })} />}
        {wish.span === "last" && (
          <Field label="How long" value={wish.last} onChange={(last) => change({ last: last.trim() })} hint="90s, 15m, 2h or 7d" error={isLastFit ? null : "Write 90s, 15m, 2h or 7d."} />
        )}
        {wish.span === "range" && (
          <>
            <Field label="From" type="datetime-local" step="1" value={fieldValueOf(wish.since)} onChange={(value) => change({ since: momentOf(value) })} />
            <Field label="To" type="datetime-local" step="1" value={fieldValueOf(wish.until)} onChange={(value) => change({ until: momentOf(value) })} />
          </>
        )}
        <Select label="Form" value={wish.form} options={FORMS} onChange={(form) => change({ form: form as DownloadWish["form"] })} />
        {wish.isFiltered && hasExpression(filter.exclude) && <Note kind="warn">The server excludes plain words only: the file also has the lines that {filter.exclude} leaves out here.</Note>}
        {downloads.length > 1 && <p className="small muted">These sources come as {downloads.length} files.</p>}
      </div>
    </Dialog>
  );
}
