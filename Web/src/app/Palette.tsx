import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Icon } from "../parts/Icon";
import { best } from "./fuzzy";
import { narrowed, usePaletteEntries, type PaletteEntry } from "./paletteEntries";
import { go } from "./router";

/** What can be seen, and a little more: the list is there within a frame or two. */
const SHOWN = 24;

/** Goes anywhere by a few letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const entries = usePaletteEntries();
  const found = useMemo(() => {
    const some = narrowed(entries, typed);
    return best(some.text, some.entries, (entry) => entry.text, SHOWN);
  }, [entries, typed]);

  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function choose(entry: PaletteEntry | undefined): void {
    if (!entry) return;
    dialog.current?.close();
    onClose();
    if (entry.to) go(entry.to);
    else entry.act?.();
  }
  function key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((old) => (found.length === 0 ? 0 : (old + step + found.length) % found.length));
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  }
  return (
    <dialog
      ref={dialog} className="palette" aria-label="Go to"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      <input
        role="combobox" aria-label="Go to a page, stack, server or operation" aria-expanded="true" aria-controls={id} aria-autocomplete="list"
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined} autoFocus spellCheck={false} placeholder="Go to…" value={typed} onKeyDown={key}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <ul id={id} role="listbox" aria-label="Found" ref={list}>
        {found.map((entry, index) => (
          <li key={entry.key} id={`${id}-${index}`} role="option" aria-selected={index === at} onPointerEnter={() => setAt(index)} onClick={() => choose(entry)}>
            <Icon name={entry.icon} />
            <span>{entry.text}</span>
            <span className="palette-kind">{entry.kind}</span>
          </li>
        ))}
      </ul>
      <p className="palette-foot" role="status">
        {found.length === 0 ? "Nothing fits. " : ""}&gt; actions, @ servers, # revisions
      </p>
    </dialog>
  );
}
