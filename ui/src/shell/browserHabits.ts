import { pressed } from "../words/keys";

/** Keys that load a page anew in a browser. Here that would throw away what is on screen. */
export const reloads = ({ key, ctrlKey, metaKey }: KeyboardEvent) =>
  key === "F5" || ((ctrlKey || metaKey) && key.toLowerCase() === "r");

/** Whether text is typed into it. */
export const isText = (target: EventTarget | null) =>
  target instanceof Element &&
  target.matches("input:not([type=checkbox], [type=radio]), textarea, [contenteditable=true]");

/**
 * Selects the text that one has clicked into, where it is there to be copied. A browser selects the labels and
 * buttons of the whole window, too.
 */
export function limitSelectAll(event: KeyboardEvent): void {
  if (!pressed(event, "Mod+A") || event.defaultPrevented || isText(event.target)) return;
  event.preventDefault();
  const selected = getSelection();
  const clicked = selected?.anchorNode ?? null;
  // Where the focus has gone elsewhere since, nobody means that text any more.
  const inFocus = event.target instanceof Node && event.target.contains(clicked) ? selectable(clicked) : null;
  const text = selectable(event.target) ?? inFocus;
  if (text) selected?.selectAllChildren(text);
}

function selectable(place: EventTarget | null | undefined): Element | null {
  const element = place instanceof Text ? place.parentElement : place;
  return element instanceof Element ? element.closest(".selectable") : null;
}

/**
 * Suppresses the browser's own menu, which offers Back and Reload. Where text can be edited, and on selected text,
 * it offers Cut, Copy and Paste instead, and stays.
 */
export function limitContextMenu(event: MouseEvent): void {
  const editable = event.target instanceof Element && event.target.closest(":read-write") !== null;
  if (!editable && !onSelectedText(event)) event.preventDefault();
}

function onSelectedText({ clientX, clientY }: MouseEvent): boolean {
  const selected = getSelection();
  if (!selected || selected.isCollapsed) return false;
  return [...selected.getRangeAt(0).getClientRects()].some(
    ({ left, right, top, bottom }) =>
      left <= clientX && clientX <= right && top <= clientY && clientY <= bottom,
  );
}
