import { asErrorView } from "../ipc/transport";
import type { ErrorView } from "../ipc/generated";

/** A view asked from Rust. It stays on screen while it is asked again, so that nothing flickers. */
export class Loader<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<ErrorView | null>(null);
  #fetch: () => Promise<T>;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Asks; calls during an answer become one more question after it. */
  load(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run();
    return this.#running;
  }

  /** Asks where nothing is known yet. */
  async loadOnce(): Promise<void> {
    if (this.data === null) await (this.#running ?? this.load());
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#ask();
      } while (this.#again);
    } finally {
      this.#running = null;
    }
  }

  async #ask(): Promise<void> {
    try {
      this.data = await this.#fetch();
      this.error = null;
    } catch (error) {
      this.error = asErrorView(error);
    }
  }
}
