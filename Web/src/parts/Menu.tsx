import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "./Button";
import type { IconName } from "./Icon";
import { Icon } from "./Icon";
import { useRefusal } from "./useRefusal";

export interface MenuItem {
  text: string;
  icon?: IconName;
  isDangerous?: boolean;
  refusal?: string | null;
  onChoose: () => void;
}

interface Props {
  name: string;
  items: MenuItem[];
  icon?: IconName;
  /** Shows the name beside the icon. */
  isNamed?: boolean;
}

/** A button that opens a list of acts; arrows go along it, Escape closes it. */
export function Menu({ name, items, icon = "more", isNamed }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    itemsOf(box.current)[0]?.focus();
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [isOpen]);
  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }
  function key(event: KeyboardEvent): void {
    if (!isOpen) return;
    const all = itemsOf(box.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next !== undefined) all[next % all.length]?.focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div className="menu" ref={box} onKeyDown={key}>
      <Button
        ref={opener} kind={isNamed ? "plain" : "quiet"} icon={icon} iconOnly={!isNamed} aria-haspopup="menu" aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined} onClick={() => setOpen(!isOpen)}
      >
        {name}
      </Button>
      {isOpen && (
        <ul id={id} role="menu" aria-label={name} className="menu-list">
          {items.map((item) => (
            <Item
              key={item.text} item={item}
              onChoose={() => {
                close();
                item.onChoose();
              }}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

function Item({ item, onChoose }: { item: MenuItem; onChoose: () => void }) {
  const refusal = useRefusal(item.refusal, item.refusal !== undefined);
  return (
    <li role="none">
      <button
        type="button" role="menuitem" tabIndex={-1} className={item.isDangerous ? "menu-item danger" : "menu-item"}
        aria-disabled={refusal ? true : undefined} onClick={refusal ? undefined : onChoose}
      >
        {item.icon && <Icon name={item.icon} />}
        <span>
          {item.text}
          {refusal && <span className="below">{refusal}</span>}
        </span>
      </button>
    </li>
  );
}

function itemsOf(box: HTMLElement | null): HTMLElement[] {
  return Array.from(box?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? []);
}
