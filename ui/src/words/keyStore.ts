import type { KeyStoreState } from "../ipc/generated";

/** What the operating system calls its key store, within a sentence. */
export const keyStoreName = /Mac/.test(navigator.platform)
  ? "keychain"
  : /Win/.test(navigator.platform)
    ? "Credential Manager"
    : "keyring";

/** Why nothing secret is saved; null where it is, or will be once the key store has answered. */
export function whyNotSaved(state: KeyStoreState): string | null {
  switch (state) {
    case "checking":
    case "ready":
      return null;
    case "locked":
      return `${keyStoreName} locked`;
    case "absent":
      return `no ${keyStoreName}`;
    case "denied":
      return `${keyStoreName} access denied`;
    case "key_lost":
      return "encryption key lost";
    case "database_failed":
      return "database not opened";
    case "memory_only":
      return "folder not usable";
  }
}

/** The key store at a glance, and what that means for sessions. */
export function keyStoreLine(state: KeyStoreState): string {
  if (state === "checking") return `Connecting to the ${keyStoreName}…`;
  const why = whyNotSaved(state) ?? `${keyStoreName} ready`;
  const line = why.charAt(0).toUpperCase() + why.slice(1);
  if (state === "ready") return line;
  return `${line} — ${state === "key_lost" ? "saved sessions can't be opened" : "sessions won't be saved"}`;
}
