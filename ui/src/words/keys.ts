const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether an event is the shortcut, written as in `Mod+Shift+K`; `Mod` is Command on a Mac, else Control. */
export function pressed(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    mod === parts.includes("Mod") &&
    event.altKey === parts.includes("Alt") &&
    event.shiftKey === parts.includes("Shift") &&
    !other
  );
}

/** The shortcut as the platform writes it: `Ctrl K`, `⌘ K`. */
export function shown(keys: string): string {
  return keys
    .split("+")
    .map((part) => (part === "Mod" ? (mac ? "⌘" : "Ctrl") : part === "Alt" && mac ? "⌥" : part))
    .join(" ");
}
