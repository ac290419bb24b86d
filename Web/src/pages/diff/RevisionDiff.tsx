import { useRevisionDifference, useRevisions } from "../../api/revisions";
import type { Stack } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { setQuery, useQuery } from "../../app/router";
import ModelDiff from "../../differences/ModelDiff";
import RevisionFilesDiff from "../../differences/RevisionFilesDiff";
import { Chip } from "../../parts/Chip";
import { Loaded } from "../../parts/Loaded";
import { Select } from "../../parts/Select";
import { StackPage } from "../stack/StackPage";

/** What differs between two revisions. */
export default function RevisionDiff({ params }: PageProps) {
  return <StackPage stack={params.stack ?? ""} tab="revisions" name="Difference">{(stack) => <Comparison stack={stack} />}</StackPage>;
}

function Comparison({ stack }: { stack: Stack }) {
  const query = useQuery();
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? ""];
  const revisions = useRevisions(stack.id);
  const live = useRevisionDifference(stack.id, from, to);
  const shown = live.value;
  const isFiles = query.get("show") === "files";
  const options = (revisions.value?.items ?? []).map((revision) => ({
    value: String(revision.number), label: `${revision.number}${revision.current ? " (current)" : ""}${revision.message === "" ? "" : `: ${revision.message.slice(0, 60)}`}`,
  }));
  return (
    <div className="stack">
      <div className="toolbar">
        <Select label="From revision" value={from || String(shown?.from ?? "")} options={options} onChange={(value) => setQuery({ from: value })} />
        <Select label="To revision" value={to || String(shown?.to ?? "")} options={options} onChange={(value) => setQuery({ to: value })} />
        <div className="row" role="group" aria-label="What is compared">
          <Chip text="What runs" isOn={!isFiles} onChange={() => setQuery({ show: null })} />
          <Chip text="Files" isOn={isFiles} onChange={() => setQuery({ show: "files" })} />
        </div>
      </div>
      <Loaded live={live}>
        {(value) =>
          isFiles ? (
            <RevisionFilesDiff stack={stack.id} from={value.from} to={value.to} />
          ) : (
            <ModelDiff differences={value.differences} beforeName={`revision ${value.from}`} afterName={`revision ${value.to}`} empty={`Revisions ${value.from} and ${value.to} are the same.`} />
          )
        }
      </Loaded>
    </div>
  );
}
