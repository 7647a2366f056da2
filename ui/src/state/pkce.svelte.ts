import { pkceCheck, pkceValues } from "../ipc/generated/commands/tools";
import { asErrorView } from "../ipc/transport";
import type { ErrorView, PkceView } from "../ipc/generated";
import { hold } from "./held.svelte";

/** A pair that somebody compares, and values to try out. Kept while the window is open, on no disk. */
class Pkce {
  verifier = $state("");
  challenge = $state("");
  state = $state("");
  nonce = $state("");
  answer = $state.raw<PkceView | null>(null);
  error = $state.raw<ErrorView | null>(null);
  #asked = 0;

  constructor() {
    hold(
      "pkce",
      () => {
        const { verifier, challenge, state, nonce } = this;
        return verifier || challenge || state || nonce ? { verifier, challenge, state, nonce } : null;
      },
      (values) => {
        Object.assign(this, values);
        void this.changed();
      },
    );
  }

  readonly empty = $derived(this.verifier === "" && this.challenge === "");

  /** Compares what is typed; only the latest question is answered. */
  async changed(): Promise<void> {
    const asked = ++this.#asked;
    const [answer, error] = await pkceCheck(this.verifier, this.challenge).then(
      (said) => [said, null] as const,
      (refusal: unknown) => [null, asErrorView(refusal)] as const,
    );
    if (asked !== this.#asked) return;
    this.answer = answer;
    this.error = error;
  }

  put(verifier: string, challenge: string): Promise<void> {
    this.verifier = verifier;
    this.challenge = challenge;
    return this.changed();
  }

  async generatePair(): Promise<void> {
    const { codeVerifier, codeChallenge } = await pkceValues();
    await this.put(codeVerifier, codeChallenge);
  }

  async generateStateAndNonce(): Promise<void> {
    const { state, nonce } = await pkceValues();
    this.state = state;
    this.nonce = nonce;
  }
}

export const pkce = new Pkce();
