import { useEffect, useId, useRef, type ReactNode } from "react";
import { Button } from "./Button";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at its foot. */
  footer?: ReactNode;
  isWide?: boolean;
  /** It cannot be put away without an answer. */
  isFirm?: boolean;
}

/** A modal dialog; the focus goes back to where it was when it closes. */
export function Dialog({ title, onClose, children, footer, isWide, isFirm }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    // The browser goes to the first control; where another one is meant, it says so.
    element?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      else document.querySelector<HTMLElement>("main h1")?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog} className={isWide ? "dialog dialog-wide" : "dialog"} aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        if (!isFirm) onClose();
      }}
      onKeyDown={(event) => {
        // A second Escape closes it past `cancel`.
        if (isFirm && event.key === "Escape") event.preventDefault();
      }}
      onClose={(event) => {
        // By the browser alone: closing it ourselves takes it off the page first.
        if (event.target !== dialog.current || !dialog.current.isConnected) return;
        if (isFirm) dialog.current.showModal();
        else onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        {!isFirm && <Button kind="quiet" icon="close" iconOnly onClick={onClose}>Close</Button>}
      </div>
      <div className="dialog-body">{children}</div>
      {footer && <div className="dialog-foot">{footer}</div>}
    </dialog>
  );
}
