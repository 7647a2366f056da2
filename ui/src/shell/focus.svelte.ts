import { untrack } from "svelte";
import { focusIsLost, giveBack } from "../components/giveBack";
import { key, selection } from "../state/selection.svelte";
import { wire } from "../state/wire.svelte";

/** Longer than any view takes to be drawn; later somebody may have begun something else. */
const PATIENCE_MS = 3000;

/** Focuses what `find` finds, now or once it is drawn, if that is `wanted` then. */
export function focusOnceDrawn(find: () => HTMLElement | null, wanted: () => boolean): () => void {
  const look = () => {
    const found = find();
    if (!found) return;
    stop();
    if (wanted()) found.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(look);
  const timer = setTimeout(() => stop(), PATIENCE_MS);
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return stop;
}

/** Where a view begins: its heading, or the field that one comes to it for. */
export const firstOfView = () =>
  document.querySelector<HTMLElement>("main [data-first]") ?? document.querySelector<HTMLElement>("main h1");

/** Where another thing came into the centre and the focus went with the one before, its beginning has it. */
export function keepFocusInPlace(): void {
  let before: string | null = null;
  $effect(() => {
    const now = selection.place && key(selection.place);
    const moved = before !== null && now !== before;
    before = now;
    if (!moved) return;
    return focusOnceDrawn(() => firstOfView(), focusIsLost);
  });
}

/** Wire takes the focus when somebody opens it, not when a start finds it open, and gives it back. */
export function keepFocusWithWire(): void {
  let before = untrack(() => wire.open);
  $effect(() => {
    const opened = wire.open && !before;
    before = wire.open;
    if (!opened) return;
    const back = giveBack();
    const stop = focusOnceDrawn(newest, () => true);
    return () => {
      stop();
      back();
    };
  });
}

/** The exchange that is shown in full, or else the newest; the drawer's own button where it is empty. */
function newest(): HTMLElement | null {
  const drawer = document.querySelector("[aria-label=Wire]");
  const rows = [...(drawer?.querySelectorAll<HTMLElement>("[data-thing]") ?? [])];
  const open = rows.find((row) => row.getAttribute("aria-expanded") === "true");
  // Before the record is known, what is newest in it is still to come.
  if (wire.data === null) return null;
  return open ?? rows.at(-1) ?? drawer?.querySelector<HTMLElement>("[aria-label='Hide Wire']") ?? null;
}
