import { keyStoreLine, whyNotSaved } from "../words/keyStore";
import { overview } from "./overview.svelte";

/** Whether secrets can be saved. */
class KeyStore {
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

  /** Whether another try may change anything. */
  get canRetry(): boolean {
    return this.whyNotSaved !== null && this.state !== "memory_only";
  }
}

export const keyStore = new KeyStore();
