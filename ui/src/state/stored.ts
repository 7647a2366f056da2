/** What the page remembers of itself over a restart: nothing but how it looks and what was chosen. */
export function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`bobbin.${key}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(`bobbin.${key}`, JSON.stringify(value));
  } catch {
    // A full or forbidden storage only means that the page forgets.
  }
}
