import { useRef, useState, type FormEvent } from "react";
import { call } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Problem } from "../../api/schema";
import { useContainer } from "../../api/containers";
import type { PageProps } from "../../app/routes";
import { path, useQuery } from "../../app/router";
import { mayExec, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { Loaded } from "../../parts/Loaded";
import { Note } from "../../parts/Note";
import { Page } from "../../parts/Page";
import { ProblemNote } from "../../parts/ProblemNote";
import { TerminalView } from "../../terminal/TerminalView";
import { words } from "./words";

/** A command in a container, in a terminal. */
export default function TerminalPage({ params }: PageProps) {
  const id = params.container ?? "";
  const server = useQuery().get("server") ?? "local";
  const live = useContainer(server, id);
  const { session } = useSession();
  const [command, setCommand] = useState("sh");
  const [user, setUser] = useState("");
  const [run, setRun] = useState(0);
  const [end, setEnd] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const again = useRef<HTMLButtonElement>(null);
  const container = live.value?.container;
  const name = container?.name ?? id.slice(0, 12);
  function open(event: FormEvent): void {
    event.preventDefault();
    setEnd(undefined);
    setProblem(undefined);
    setRun(run + 1);
  }
  return (
    <Page
      title={`Terminal in ${name}`} isWide
      crumbs={[
        ...(container?.stack ? [{ to: path`/stacks/${`${container.stack}@${server}`}`, text: container.stack }] : []),
        { to: path`/servers/${server}/containers/${id}`, text: name },
      ]}
    >
      <Loaded live={live} waitingFor={server}>
        {({ container: found }) => {
          const scope = { server, stack: found.stack };
          if (!found.stack) return <Note kind="warn">Commands are run in containers of stacks only; this one belongs to none.</Note>;
          if (!mayExec(session, scope)) return <Note kind="warn">It needs the right to run commands in containers.</Note>;
          if (found.status !== "running") return <Note kind="warn">{name} does not run.</Note>;
          const stack = `${found.stack}@${server}`;
          return (
            <>
              <form className="toolbar" onSubmit={open}>
                <Field label="Command" value={command} onChange={setCommand} required autoComplete="off" />
                <Field label="User" placeholder="as in the image" value={user} onChange={setUser} autoComplete="off" />
                <Button ref={again} type="submit" kind={run === 0 ? "main" : "plain"} icon="terminal">{run === 0 ? "Open" : "Open again"}</Button>
              </form>
              {problem && <ProblemNote problem={problem} />}
              {end && <p role="status">{end}</p>}
              {run > 0 && (
                <>
                  <TerminalView
                    key={run} name={name} onEnd={setEnd} onProblem={(error) => setProblem(asProblem(error))} onLeave={() => again.current?.focus()}
                    begin={async (size) => {
                      const body = { container: found.id, command: words(command), user: user.trim() || undefined, tty: true, ...size };
                      return (await call("POST /stacks/{stack}/exec", { path: { stack }, body })).socket;
                    }}
                  />
                  <p className="small muted"><kbd>Ctrl Shift Esc</kbd> leaves the terminal. What is typed is not written down; that it was opened is.</p>
                </>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
