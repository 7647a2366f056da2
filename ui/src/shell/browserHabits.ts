/** Keys that load a page anew in a browser. Here that would throw away what is on screen. */
export const reloads = ({ key, ctrlKey, metaKey }: KeyboardEvent) =>
  key === "F5" || ((ctrlKey || metaKey) && key.toLowerCase() === "r");

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
