/** Nobody clicks slower; a press whose end was never heard of holds nothing up for longer. */
const MAX_PRESS_MS = 1000;
/** What ends a press. A native menu keeps the release to itself, and so does another window. */
const ENDS = ["pointerup", "pointercancel", "dragend", "contextmenu", "blur"];

let pressed: Promise<void> | null = null;

/**
 * Kept once the main button of the pointer is released: a click counts only where the press ends on what it began on,
 * so nothing may move in between.
 */
export const released = (): Promise<void> => pressed ?? Promise.resolve();

document.addEventListener(
  "pointerdown",
  (event) => {
    if (event.button !== 0) return;
    pressed ??= new Promise((done) => {
      const ended = new AbortController();
      const end = () => {
        clearTimeout(limit);
        ended.abort();
        pressed = null;
        // The click comes after the release.
        setTimeout(done);
      };
      const limit = setTimeout(end, MAX_PRESS_MS);
      for (const name of ENDS)
        window.addEventListener(
          name,
          // A field that loses the focus ends no press; the window does.
          (event) => (name !== "blur" || event.target === event.currentTarget) && end(),
          { capture: true, signal: ended.signal },
        );
    });
  },
  true,
);
