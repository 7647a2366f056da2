/** What Escape closes, the topmost last. */
const layers: (() => void)[] = [];

/** Puts something on top; the function that is returned takes it away again. */
export function layer(close: () => void): () => void {
  layers.push(close);
  return () => {
    const at = layers.lastIndexOf(close);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** Closes the topmost thing; false where nothing is open. */
export function closeTopmost(): boolean {
  const close = layers.at(-1);
  close?.();
  return close !== undefined;
}
