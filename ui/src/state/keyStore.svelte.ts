import { keyStoreRetry } from "../ipc/app";
import { keyStoreLine, whyNotSaved } from "../words/keyStore";
import { notices } from "./notices.svelte";
import { overview } from "./overview.svelte";

/** Whether secrets can be saved, and the tries to make it so. */
class KeyStore {
  asking = $state(false);
  /** When the last try left it as it was. */
  triedAt = $state<number | null>(null);

  get state() {
    return overview.data?.status.keyStore ?? "checking";
  }

  /** What it said, with what to do. */
  get detail(): string | null {
    return overview.data?.status.keyStoreDetail ?? null;
  }

  get line(): string {
    return keyStoreLine(this.state);
  }

  /** Why nothing secret is saved, as the end of a sentence. */
  get whyNotSaved(): string | null {
    return whyNotSaved(this.state);
  }

  async retry(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    await notices.attempt(keyStoreRetry);
    await overview.load();
    this.asking = false;
    this.triedAt = this.whyNotSaved ? Date.now() : null;
    if (!this.whyNotSaved) notices.done(this.line);
  }
}

export const keyStore = new KeyStore();
