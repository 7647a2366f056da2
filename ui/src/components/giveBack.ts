import { layer } from "../state/layers";

/**
 * Call it when a panel takes the focus. What it returns is called when the panel goes: where the focus
 * went with the panel, it goes back to what opened it, or to the heading where that is gone too.
 */
export function giveBack(): () => void {
  const opener = document.activeElement;
  // A moment later: on its way from one field to another the focus is nowhere for a while.
  return () => setTimeout(() => focusIfLost(opener));
}

/** The same for a panel that Escape closes. */
export function opened(close: () => void): () => void {
  const back = giveBack();
  const away = layer(close);
  return () => {
    away();
    back();
  };
}

/** True while nothing has the focus. */
export function focusIsLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function focusIfLost(opener: Element | null): void {
  if (!focusIsLost()) return;
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
  // A button that can do nothing now does not take it.
  if (focusIsLost()) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}
