import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import { Dialog } from "../../parts/Dialog";
import { Menu } from "../../parts/Menu";
import { ProblemNote } from "../../parts/ProblemNote";
import { count } from "../../parts/format";
import { saveFile } from "../../parts/saveFile";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";
import { csvOf, jsonLinesOf, type AuditFilter } from "./filter";

/** More are not put into one file here; the command line has no such limit. */
const exportLimit = 50_000;

/** All entries of the filter as a file. */
export function AuditExport({ filter }: { filter: AuditFilter }) {
  const take = useAction(async (form: "csv" | "jsonl") => {
    const { items, more } = await everyPage((cursor) => call("GET /audit", { query: { ...filter, limit: 200, cursor } }), exportLimit);
    saveFile(`audit.${form}`, form === "csv" ? "text/csv" : "application/jsonl", form === "csv" ? csvOf(items) : jsonLinesOf(items));
    toast(`${count(items.length, "entry", "entries")} in the file${more ? "; there are more: slipway audit export has all" : ""}.`);
  });
  return (
    <>
      <Menu name={take.isBusy ? "Exporting…" : "Export"} isNamed icon="download" items={[{ text: "CSV", onChoose: () => void take.run("csv") }, { text: "JSON lines", onChoose: () => void take.run("jsonl") }]} />
      {take.problem && <Dialog title="Not exported" onClose={take.clear}><ProblemNote problem={take.problem} /></Dialog>}
    </>
  );
}
