import type { Change } from "../ipc/generated";

type Listener = (change: Change) => void;
const listeners = new Set<Listener>();

/** Tells every view that shows it that something is out of date. */
export function announce(change: Change): void {
  for (const listener of [...listeners]) listener(change);
}

/** Listens until the returned function is called. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
