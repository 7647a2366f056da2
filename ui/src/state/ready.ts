let resolve: () => void;
let answered = false;

/** Kept once the first view was answered and painted; what the first picture does not need waits for it. */
export const ready = new Promise<void>((done) => (resolve = done));

/** Says so on the document too, for whoever measures the start. */
export function firstViewAnswered(): void {
  // Every view calls this, and the window of a later one may be gone before its picture.
  if (answered) return;
  answered = true;
  const say = () => {
    document.documentElement.dataset.ready = "true";
    resolve();
  };
  // A hidden window paints no frame.
  if (document.hidden) say();
  else requestAnimationFrame(() => setTimeout(say));
}
