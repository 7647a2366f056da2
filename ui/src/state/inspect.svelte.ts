import { inspect } from "../ipc/generated/commands/tools";
import { asErrorView } from "../ipc/transport";
import type { ErrorView, InspectionView, InspectRequest } from "../ipc/generated";
import { clock } from "./clock.svelte";
import { hold } from "./held.svelte";

/** Long enough for a word to be typed, short enough for a paste to seem at once. */
const REST_MS = 120;

/** What a token is checked against besides a connection, all of it pasted. */
export const AGAINST = ["nonce", "state", "code", "accessToken", "keys"] as const;
export type Against = (typeof AGAINST)[number];

const nothing = (): Record<Against, string> => ({
  nonce: "",
  state: "",
  code: "",
  accessToken: "",
  keys: "",
});

/**
 * What is pasted into Inspect and what was answered. It is kept while the window is open, so that one can
 * look at a session and come back, and is written to no disk.
 */
class Inspect {
  text = $state("");
  connection = $state<string | null>(null);
  against = $state(nothing());
  answer = $state.raw<InspectionView | null>(null);
  error = $state.raw<ErrorView | null>(null);
  fetching = $state(false);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly empty = $derived(this.text.trim() === "");
  /** How many values it is checked against. */
  readonly given = $derived(AGAINST.filter((name) => this.against[name].trim()).length);

  constructor() {
    hold(
      "inspect",
      () => {
        const { text, connection, against } = this;
        return text || connection || this.given ? { text, connection, against } : null;
      },
      ({ text, connection, against }) => {
        Object.assign(this, { text, connection, against });
        this.changed();
      },
    );
    clock.onJump(() => {
      if (this.answer) void this.#ask(false);
    });
  }

  /** Asks once the keys rest. */
  changed(): void {
    clearTimeout(this.#timer);
    if (this.empty) this.#take(++this.#asked, null, null);
    else this.#timer = setTimeout(() => void this.#ask(false), REST_MS);
  }

  put(text: string): void {
    this.text = text;
    this.changed();
  }

  /** Fetches the connection's keys, which nothing but its button does. */
  async fetchKeys(): Promise<void> {
    clearTimeout(this.#timer);
    this.fetching = true;
    await this.#ask(true);
    this.fetching = false;
  }

  clear(): void {
    this.against = nothing();
    this.put("");
  }

  /** Only the latest question is answered: an earlier reply may come after it. */
  async #ask(fetchKeys: boolean): Promise<void> {
    const asked = ++this.#asked;
    try {
      this.#take(asked, await inspect(this.#request(fetchKeys)), null);
    } catch (error) {
      this.#take(asked, null, asErrorView(error));
    }
  }

  #take(asked: number, answer: InspectionView | null, error: ErrorView | null): void {
    if (asked !== this.#asked) return;
    this.answer = answer;
    this.error = error;
  }

  #request(fetchKeys: boolean): InspectRequest {
    const given = (name: Against) => this.against[name].trim() || null;
    return {
      text: this.text,
      connection: this.connection,
      fetchKeys,
      keys: given("keys"),
      nonce: given("nonce"),
      state: given("state"),
      code: given("code"),
      accessToken: given("accessToken"),
    };
  }
}

export const inspection = new Inspect();
