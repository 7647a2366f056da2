import { hold } from "../state/held.svelte";
import { key, selection } from "../state/selection.svelte";

/** A view that is still scrolled is not worth telling of. */
const REST_MS = 100;
/** From then on the person scrolls. */
const INPUT = ["wheel", "pointerdown", "keydown"];

let scrolled = $state.raw<{ place: string; top: number } | null>(null);
/** Ends the attempts to scroll back. */
let restoring: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

const here = () => (selection.place ? key(selection.place) : "");
const view = () => document.querySelector("main > .view");

document.addEventListener(
  "scroll",
  ({ target }) => {
    const shown = view();
    if (restoring || !shown || target !== shown) return;
    const place = here();
    clearTimeout(timer);
    timer = setTimeout(() => {
      const top = shown.scrollTop;
      scrolled = top > 0 ? { place, top } : null;
    }, REST_MS);
  },
  true,
);

/** A view grows as its answers come, so it is scrolled back with each until it is there. */
function restore({ place, top }: { place: string; top: number }): void {
  const ended = new AbortController();
  const go = () => {
    const shown = view();
    if (!shown || here() !== place) return;
    shown.scrollTop = top;
    if (Math.abs(shown.scrollTop - top) < 1) ended.abort();
  };
  const observer = new MutationObserver(go);
  observer.observe(document.body, { childList: true, subtree: true });
  ended.signal.addEventListener("abort", () => {
    observer.disconnect();
    restoring = null;
  });
  for (const name of INPUT)
    window.addEventListener(name, () => ended.abort(), { capture: true, signal: ended.signal });
  restoring = ended;
  go();
}

// A place that is left begins at its top when one comes back.
hold(
  "scroll",
  () => (scrolled?.place === here() ? scrolled : null),
  (held) => {
    scrolled = held;
    restore(held);
  },
);
