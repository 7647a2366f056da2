/** Widths in CSS pixels: an element that is narrower than one of them is of that size. */
const sizes = { xs: 460, s: 760, m: 900 };

/**
 * Writes the sizes of an element to its `data-w`, so that `[data-w~="s"]` matches a small and a still smaller one.
 *
 * A container query would say the same, but WebKitGTK compares it with the zoomed width.
 */
export function sized(element: HTMLElement): () => void {
  const write = () => {
    const width = element.clientWidth;
    const fitting = Object.entries(sizes).filter(([, below]) => width > 0 && width < below);
    element.dataset.w = fitting.map(([name]) => name).join(" ");
  };
  // The first picture must be right already; the observer's own first call comes later.
  write();
  const observer = new ResizeObserver(write);
  observer.observe(element);
  return () => observer.disconnect();
}
