import { useState } from "react";
import { Button } from "./Button";

/** Copies a text and says so. */
export function CopyButton({ text, name = "Copy" }: { text: string; name?: string }) {
  const [isDone, setDone] = useState(false);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyBySelection(text);
    }
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  }
  return (
    <Button kind="quiet" icon={isDone ? "check" : "copy"} iconOnly onClick={() => void copy()}>
      {isDone ? "Copied" : name}
    </Button>
  );
}

/** The clipboard is only there over TLS or on this machine; elsewhere a selection is copied. */
function copyBySelection(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
