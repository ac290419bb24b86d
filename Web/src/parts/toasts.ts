import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  /** A way back, or a way there. */
  action?: { text: string; onChoose: () => void };
}

const SHOWN_FOR = 6000;
let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says in passing that something went well; problems are shown in their place instead. */
export function toast(text: string, action?: Toast["action"]): void {
  const id = ++last;
  set([...toasts.slice(-2), { id, text, action }]);
  setTimeout(() => dismiss(id), SHOWN_FOR);
}

export function dismiss(id: number): void {
  set(toasts.filter((one) => one.id !== id));
}

export function useToasts(): Toast[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => toasts);
}
