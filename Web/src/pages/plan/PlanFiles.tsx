import { useEffect } from "react";
import { revisionFiles, revisionText, type RevisionText } from "../../api/revisionTexts";
import type { Stack } from "../../api/schema";
import { FileDiffs, type FileTexts } from "../../differences/FileDiffs";
import { fileAt, type Draft } from "../../editor/draft";
import { useDraft } from "../../editor/useDraft";
import { Loaded } from "../../parts/Loaded";
import { Skeleton } from "../../parts/Skeleton";
import { useLive } from "../../stream/live";
import { planPaths } from "./planPaths";

/** The files of what runs against those that are planned: saved ones, with the draft over them. */
export default function PlanFiles({ stack }: { stack: Stack }) {
  const { store, state } = useDraft(stack.id);
  const number = stack.revision ?? null;
  const live = useLive(`stack:${stack.id}:revisiontexts:${number ?? ""}`, (signal) => textsOf(stack.id, number, signal));
  const paths = planPaths(state.draft, state.listing ?? [], live.value);
  const wanted = paths.join("\n");
  useEffect(() => {
    for (const path of wanted.split("\n")) if (path !== "") void store.open(path);
  }, [store, wanted]);
  if (state.listing === undefined) return <Skeleton lines={6} />;
  return (
    <Loaded live={live}>
      {(texts) => {
        const known = paths.filter((path) => fileAt(state.draft, path) !== undefined || state.closed[path] !== undefined || !state.listing?.some((entry) => entry.path === path));
        if (known.length < paths.length) return <Skeleton lines={6} />;
        return (
          <FileDiffs
            files={paths.map((path) => fileTexts(path, texts, state.draft, state.closed[path] !== undefined))} beforeName={number === null ? "nothing" : `revision ${number}`} afterName="planned"
            empty={number === null ? "There are no files." : `The files are those of revision ${number}.`}
          />
        );
      }}
    </Loaded>
  );
}

async function textsOf(stack: string, number: number | null, signal: AbortSignal): Promise<Map<string, RevisionText>> {
  if (number === null) return new Map();
  const paths = [...(await revisionFiles(stack, number, signal)).keys()];
  return new Map(await Promise.all(paths.map(async (path): Promise<[string, RevisionText]> => [path, await revisionText(stack, number, path, signal)])));
}

function fileTexts(path: string, texts: ReadonlyMap<string, RevisionText>, draft: Draft, isClosed: boolean): FileTexts {
  const before = texts.get(path);
  return {
    path, before: before === undefined ? "" : before.text, isMasked: before?.isMasked === true,
    // What is no text cannot be compared here; the steps say where it counts.
    after: isClosed ? (before?.text ?? null) : fileAt(draft, path)?.text ?? "",
  };
}
