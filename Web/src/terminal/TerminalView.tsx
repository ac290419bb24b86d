import { useEffect, useRef } from "react";
import type { Screen } from "./screen";
import { joinSession, type Session } from "./session";
import "./terminal.css";

interface Props {
  /** Makes the command and gives its socket, once the size of the terminal is known. */
  begin: (size: { columns: number; rows: number }) => Promise<string>;
  name: string;
  onEnd: (words: string) => void;
  onProblem: (error: unknown) => void;
  onLeave: () => void;
}

/** A terminal on a command in a container. The library comes with the first of them. */
export function TerminalView({ begin, name, onEnd, onProblem, onLeave }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const doors = useRef({ begin, onEnd, onProblem, onLeave });
  doors.current = { begin, onEnd, onProblem, onLeave };
  useEffect(() => {
    let isGone = false;
    let screen: Screen | undefined;
    let session: Session | undefined;
    async function open(): Promise<void> {
      const { openScreen } = await import("./screen");
      if (isGone || !box.current) return;
      const opened = openScreen(box.current, {
        onInput: (text) => session?.input(text), onResize: (size) => session?.resize(size), onLeave: () => doors.current.onLeave(),
      });
      screen = opened;
      const address = await doors.current.begin(opened.size);
      if (isGone) return;
      session = joinSession(address, { onOutput: (text) => opened.write(text), onEnd: (words) => doors.current.onEnd(words) });
      opened.focus();
    }
    open().catch((error: unknown) => {
      if (!isGone) doors.current.onProblem(error);
    });
    return () => {
      isGone = true;
      session?.close();
      screen?.close();
    };
  }, []);
  return <div ref={box} className="terminal-box" role="group" aria-label={`Terminal in ${name}`} />;
}
