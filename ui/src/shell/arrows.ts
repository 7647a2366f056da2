/** Up, Down, Home and End move the focus among the things of a list. */
export function arrows(list: HTMLElement): () => void {
  function move(event: KeyboardEvent) {
    const things = [...list.querySelectorAll<HTMLElement>("[data-thing]")];
    const at = things.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: things.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    things[Math.min(things.length - 1, Math.max(0, to))]?.focus();
  }
  list.addEventListener("keydown", move);
  return () => list.removeEventListener("keydown", move);
}
