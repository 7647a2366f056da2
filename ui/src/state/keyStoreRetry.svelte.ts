import { keyStoreRetry as ask } from "../ipc/generated/commands/app";
import { keyStore } from "./keyStore.svelte";
import { notices } from "./notices.svelte";
import { overview } from "./overview.svelte";

/** The tries to make the key store usable. */
class KeyStoreRetry {
  asking = $state(false);
  /** When the last try left it as it was. */
  triedAt = $state<number | null>(null);

  async run(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    await notices.attempt(ask);
    await overview.load();
    this.asking = false;
    this.triedAt = keyStore.whyNotSaved ? Date.now() : null;
    if (!keyStore.whyNotSaved) notices.done(keyStore.line);
  }
}

export const keyStoreRetry = new KeyStoreRetry();
