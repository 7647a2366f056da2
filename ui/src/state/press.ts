let pressed: Promise<void> | null = null;

/**
 * Kept once no button of the pointer is held: a click counts only where the press ends on what it began on, so
 * nothing may move in between.
 */
export const released = (): Promise<void> => pressed ?? Promise.resolve();

document.addEventListener(
  "pointerdown",
  () => {
    pressed ??= new Promise((done) => {
      const ended = new AbortController();
      const end = () => {
        ended.abort();
        pressed = null;
        // The click comes after the release.
        setTimeout(done);
      };
      for (const name of ["pointerup", "pointercancel", "dragend"])
        window.addEventListener(name, end, { capture: true, signal: ended.signal });
    });
  },
  true,
);
