import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { go } from "./router";

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  /** Marked as the present one for screen readers. */
  isCurrent?: boolean;
}

/** A link inside the site; with a modifier key it is the browser's own. */
export function Link({ to, isCurrent, onClick, ...rest }: Props) {
  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  }
  return <a href={to} aria-current={isCurrent ? "page" : undefined} onClick={follow} {...rest} />;
}
