import { differingPaths } from "../api/revisionFiles";
import { revisionFiles, revisionText } from "../api/revisionTexts";
import { Loaded } from "../parts/Loaded";
import { useLive } from "../stream/live";
import { FileDiffs, type FileTexts } from "./FileDiffs";

/** The files of two revisions, line by line. */
export default function RevisionFilesDiff({ stack, from, to }: { stack: string; from: number; to: number }) {
  const live = useLive(`stack:${stack}:filesdiff:${from}:${to}`, (signal) => textsOf(stack, from, to, signal));
  return (
    <Loaded live={live}>
      {(texts) => <FileDiffs files={texts} beforeName={`revision ${from}`} afterName={`revision ${to}`} empty={`Revisions ${from} and ${to} have the same files.`} />}
    </Loaded>
  );
}

async function textsOf(stack: string, from: number, to: number, signal: AbortSignal): Promise<FileTexts[]> {
  const [before, after] = await Promise.all([revisionFiles(stack, from, signal), revisionFiles(stack, to, signal)]);
  return Promise.all(differingPaths(before, after).map(async (path) => {
    const [left, right] = await Promise.all([
      before.has(path) ? revisionText(stack, from, path, signal) : undefined, after.has(path) ? revisionText(stack, to, path, signal) : undefined,
    ]);
    return {
      path, before: left === undefined ? "" : left.text, after: right === undefined ? "" : right.text,
      isMasked: left?.isMasked === true || right?.isMasked === true,
    };
  }));
}
