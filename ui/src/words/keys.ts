const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** How the parts of a shortcut are written. */
const names: Record<string, string> = {
  "=": "+",
  "-": "−",
  Mod: mac ? "⌘" : "Ctrl",
  Alt: mac ? "⌥" : "Alt",
};

/** Whether an event is the shortcut, written as in `Mod+Shift+K`; `Mod` is Command on a Mac, else Control. */
export function pressed(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  // The plus is a key of its own on some keyboards, and takes Shift on others: it is what the equals sign is.
  const plus = event.key === "+";
  return (
    (plus ? "=" : event.key.toLowerCase()) === key.toLowerCase() &&
    mod === parts.includes("Mod") &&
    event.altKey === parts.includes("Alt") &&
    (plus || event.shiftKey === parts.includes("Shift")) &&
    !other
  );
}

/** The shortcut as the platform writes it: `Ctrl K`, `⌘ K`. */
export function shown(keys: string): string {
  return keys
    .split("+")
    .map((part) => names[part] ?? part)
    .join(" ");
}
