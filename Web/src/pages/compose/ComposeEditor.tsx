import { useEffect, useMemo, useRef, useState } from "react";
import { imageNames } from "../../api/images";
import { useSecrets } from "../../api/secrets";
import { lazyPage } from "../../app/lazyPage";
import { go, path as address, setQuery, useQuery } from "../../app/router";
import { useSession } from "../../app/session";
import CodeEditor from "../../editor/CodeEditor";
import type { TextEditor } from "../../editor/codeMirror";
import { fileAt, isChanged, sortedPaths } from "../../editor/draft";
import { nextProblem, type EditorProblem } from "../../editor/problems";
import { LeaveGuard } from "../../editor/LeaveGuard";
import { useDraft } from "../../editor/useDraft";
import { usePageKeys, type PageKeys } from "../../editor/usePageKeys";
import { useValidation } from "../../editor/useValidation";
import { keepDraft } from "../../editor/keepDraft";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { Menu } from "../../parts/Menu";
import { Note } from "../../parts/Note";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/toasts";
import { useAction } from "../../parts/useAction";
import { DraftState } from "./DraftState";
import { FileTabs } from "./FileTabs";
import { ProblemList } from "./ProblemList";
import { UploadButton } from "./UploadButton";
import { variablesOf } from "./variables";
import "./compose.css";

const ForeignDraft = lazyPage(() => import("./ForeignDraft"));
const ForeignChange = lazyPage(() => import("./ForeignChange"));
const NewFileDialog = lazyPage(() => import("./NewFileDialog"));

/** The files of a stack in an editor, with what the server's parser says about them. */
export default function ComposeEditor({ stack, refusal }: { stack: string; refusal: string | null }) {
  const { store, state, isChanged: hasChanges } = useDraft(stack);
  const { draft, listing } = state;
  const { session } = useSession();
  const checked = useValidation(stack, draft, listing !== undefined && refusal === null);
  const editor = useRef<TextEditor | null>(null);
  const goal = useRef<EditorProblem | null>(null);
  const [asking, setAsking] = useState<"new" | "discard" | "remove" | null>(null);
  const wanted = useQuery().get("file");

  const paths = useMemo(
    () => sortedPaths([...new Set([...(listing ?? []).filter((entry) => !entry.folder).map((entry) => entry.path), ...draft.files.map((file) => file.path)])]),
    [listing, draft],
  );
  const current = wanted !== null && paths.includes(wanted) ? wanted : paths[0];
  const file = current === undefined ? undefined : fileAt(draft, current);
  const secrets = useSecrets(refusal === null ? stack : null);
  const variables = useMemo(() => variablesOf(draft, Object.keys(secrets.value ?? {})), [draft, secrets.value]);
  const counts = useMemo(() => {
    const found: Record<string, number> = {};
    for (const problem of checked.problems) found[problem.file] = (found[problem.file] ?? 0) + 1;
    return found;
  }, [checked.problems]);
  const save = useAction(async () => {
    await store.save();
    toast("Saved. Nothing is deployed by that.");
  });

  // Set below, once there are files.
  const keys = useRef<PageKeys>({});
  usePageKeys({ save: () => keys.current.save?.(), next: (backwards) => keys.current.next?.(backwards) });

  useEffect(() => {
    if (current !== undefined && listing !== undefined) void store.open(current);
  }, [store, current, listing]);

  if (listing === undefined) return state.problem ? <ProblemNote problem={state.problem} retry={() => void store.load()} /> : <Skeleton lines={12} />;
  if (current === undefined) return <Empty title="This stack has no files here." />;

  const choose = (path: string) => {
    void store.open(path);
    setQuery({ file: path });
  };
  const show = (problem: EditorProblem) => {
    if (problem.file !== "" && problem.file !== current) {
      goal.current = problem;
      choose(problem.file);
    } else {
      editor.current?.goTo(problem.line, problem.column, true);
    }
  };
  const jump = (backwards: boolean) => {
    const problem = nextProblem(checked.problems, { file: current, ...(editor.current?.place() ?? { line: 1, column: 1 }) }, backwards);
    if (problem !== null) show(problem);
  };
  const fix = (problem: EditorProblem) => {
    if (problem.replacement === null) return;
    if (problem.file === current) editor.current?.replace(problem.line, problem.column, problem.endColumn, problem.replacement);
    show(problem);
  };
  const planRefusal = refusal ?? (checked.problems.some((problem) => problem.severity === "error") ? "correct the errors first" : null);
  const plan = () => {
    if (planRefusal === null) go(address`/stacks/${stack}/plan`);
  };
  keys.current = { save: () => { if (refusal === null && hasChanges) void keepDraft(store); }, next: jump };
  const opened = state.keeping?.openedOf;
  const staleFiles = draft.files.filter((each) => state.stale.includes(each.path) && isChanged(each));

  return (
    <div className="compose">
      <div className="compose-bar">
        <FileTabs paths={paths} current={current} files={draft.files} counts={counts} onChoose={choose} />
        <div className="row">
          <DraftState keeping={state.keeping} hasChanges={hasChanges} />
          <Menu
            name="File" isNamed icon="down"
            items={[
              { text: "New file", icon: "plus", refusal, onChoose: () => setAsking("new") },
              { text: `Take back changes of ${current}`, refusal: file === undefined || !isChanged(file) ? "nothing has changed" : null, onChoose: () => store.revert(current) },
              { text: "Discard all changes", refusal: hasChanges ? null : "nothing has changed", onChoose: () => setAsking("discard") },
              { text: `Remove ${current}`, icon: "trash", isDangerous: true, refusal, onChoose: () => setAsking("remove") },
            ]}
          />
          <UploadButton refusal={refusal} onText={(path, text) => { store.edit(path, text); choose(path); }} onBytes={(path, base64) => store.putBytes(path, base64)} />
          <Button onClick={() => void save.run()} isBusy={state.isSaving} refusal={refusal ?? (hasChanges ? null : "all is saved")}>Save</Button>
          <Button kind="main" icon="deploy" onClick={plan} refusal={planRefusal} aria-keyshortcuts="Control+Enter">Plan</Button>
        </div>
      </div>
      {save.problem && <ProblemNote title="Not saved" problem={save.problem} />}
      {state.keeping?.other && (
        <ForeignDraft other={state.keeping.other} draft={draft} user={session.username} onTake={() => store.takeTheirDraft()} onOver={() => store.keepMyDraft()} />
      )}
      {opened != null && hasChanges && opened.author !== session.username && (
        <Note><p className="note-title">This is a draft of {opened.author}{opened.at !== null && <>, <Time at={opened.at} /></>}. Nothing of it is saved yet.</p></Note>
      )}
      {staleFiles.length > 0 && (
        <ForeignChange files={staleFiles} by={state.changedBy} at={state.changedAt} onKeep={() => store.keepMine()} onTake={() => staleFiles.forEach((each) => store.revert(each.path))} />
      )}
      {state.changedBy !== null && staleFiles.length === 0 && <Note title={`${state.changedBy} saved these files just now. You see what was saved.`} />}
      {state.isMasked && <Note title="Secret values are shown as dots to those who may not edit the stack." />}
      <div className="compose-split">
        <div className="compose-text">
          {state.closed[current] !== undefined ? (
            <Empty title={`${current} is not shown.`}>{state.closed[current]}</Empty>
          ) : file?.text === null ? (
            <Empty title={`${current} will be removed when you save.`} action={<Button onClick={() => store.revert(current)}>Keep it</Button>} />
          ) : file === undefined ? (
            <Skeleton lines={12} />
          ) : (
            <CodeEditor
              label={`Text of ${current}`} path={current} text={file.text} isReadOnly={refusal !== null} problems={checked.problems} variables={variables}
              images={() => imageNames(stack.split("@")[1] ?? "local")}
              onChange={(path, text) => store.edit(path, text)} onSave={() => keys.current.save?.()} onMain={plan} onNextProblem={jump}
              onReady={(opened) => { editor.current = opened; }}
              onShown={() => {
                if (goal.current?.file !== current) return;
                editor.current?.goTo(goal.current.line, goal.current.column, true);
                goal.current = null;
              }}
            />
          )}
        </div>
        {refusal === null && <ProblemList checked={checked} onGo={show} onFix={fix} />}
      </div>
      <LeaveGuard store={store} isChanged={hasChanges} />
      {asking === "new" && (
        <NewFileDialog taken={paths} onClose={() => setAsking(null)} onMake={(path) => { store.edit(path, ""); choose(path); }} />
      )}
      {asking === "discard" && (
        <Confirm title="Discard what is not saved?" act="Discard changes" isDangerous onClose={() => setAsking(null)} onConfirm={async () => store.discard()}>
          <ul>{draft.files.filter(isChanged).map((each) => <li key={each.path} className="mono">{each.path}</li>)}</ul>
        </Confirm>
      )}
      {asking === "remove" && (
        <Confirm title={`Remove ${current}?`} act="Remove it" isDangerous onClose={() => setAsking(null)} onConfirm={async () => store.remove(current)}>
          <p>It goes when you save. Until then you can keep it.</p>
        </Confirm>
      )}
    </div>
  );
}
