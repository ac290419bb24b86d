import { call } from "../../api/client";
import { CallProblem } from "../../api/problem";
import { differingPaths, filesOf } from "../../api/revisionFiles";
import { lazyPage } from "../../app/lazyPage";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { useLive } from "../../stream/live";

const TextDiff = lazyPage(() => import("../../differences/TextDiff"));

interface Texts {
  path: string;
  before: string;
  after: string;
  /** Not text in one of both revisions. */
  isBinary: boolean;
  isMasked: boolean;
}

/** The files of two revisions, line by line. */
export function FilesDiff({ stack, from, to }: { stack: string; from: number; to: number }) {
  const live = useLive(`stack:${stack}:filesdiff:${from}:${to}`, (signal) => textsOf(stack, from, to, signal));
  return (
    <Loaded live={live}>
      {(texts) => {
        const shown = texts.filter((text) => text.isBinary || text.before !== text.after);
        if (shown.length === 0) return <Empty title={`Revisions ${from} and ${to} have the same files.`} />;
        return (
          <div className="stack">
            {texts.some((text) => text.isMasked) && <Note title="Secret values are shown as dots to those who may not edit the stack." />}
            <Panel title="Files" isFlush>
              {shown.map((text) =>
                text.isBinary ? (
                  <p key={text.path} className="text-diff-head"><span className="mono">{text.path}</span> <span className="muted">has changed, and is no text</span></p>
                ) : (
                  <TextDiff key={text.path} title={text.path} before={text.before} after={text.after} beforeName={`revision ${from}`} afterName={`revision ${to}`} />
                ),
              )}
            </Panel>
          </div>
        );
      }}
    </Loaded>
  );
}

async function textsOf(stack: string, from: number, to: number, signal: AbortSignal): Promise<Texts[]> {
  const [before, after] = await Promise.all([from, to].map(async (number) =>
    filesOf(await call("GET /stacks/{stack}/revisions/{number}", { path: { stack, number: String(number) } }, { signal }))));
  if (before === undefined || after === undefined) return [];
  const text = async (number: number, path: string, isThere: boolean) => {
    if (!isThere) return { text: "", isMasked: false };
    try {
      const content = await call("GET /stacks/{stack}/revisions/{number}/file", { path: { stack, number: String(number) }, query: { path } }, { signal });
      return { text: content.text ?? null, isMasked: content.masked === true };
    } catch (error) {
      // A mounted file of old may be kept by its hash alone.
      if (error instanceof CallProblem && error.status === 404) return { text: null, isMasked: false };
      throw error;
    }
  };
  return Promise.all(differingPaths(before, after).map(async (path) => {
    const [left, right] = await Promise.all([text(from, path, before.has(path)), text(to, path, after.has(path))]);
    return { path, before: left.text ?? "", after: right.text ?? "", isBinary: left.text === null || right.text === null, isMasked: left.isMasked || right.isMasked };
  }));
}
