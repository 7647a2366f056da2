import { keyStoreLine, whyNotSaved } from "../words/keyStore";
import { keyStoreRetry as ask } from "../ipc/generated/commands/app";
import { keyStore } from "./keyStore.svelte";
import { notices } from "./notices.svelte";

/** The tries to make the key store usable. */
class KeyStoreRetry {
  asking = $state(false);
  /** When the last try left it as it was. */
  triedAt = $state<number | null>(null);

  async run(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    let { state } = keyStore;
    await notices.attempt(async () => (state = await ask()));
    this.asking = false;
    this.triedAt = whyNotSaved(state) ? Date.now() : null;
    if (!whyNotSaved(state)) notices.done(keyStoreLine(state));
  }
}

export const keyStoreRetry = new KeyStoreRetry();
