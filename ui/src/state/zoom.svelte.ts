import { zoom as ask } from "../ipc/generated/commands/app";
import { notices } from "./notices.svelte";

const SHOWN_MS = 1000;

type Step = "in" | "out" | "reset";

/** How large the page is drawn. The shell knows it; here is what was answered last, for as long as it is shown. */
class Zoom {
  percent = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<void> = Promise.resolve();

  /** One step after the other: those of a key that is held must not overtake each other. */
  go(step: Step): void {
    this.#last = this.#last.then(() => this.#go(step));
  }

  async #go(step: Step): Promise<void> {
    if (!(await notices.attempt(async () => (this.percent = await ask(step))))) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.percent = null), SHOWN_MS);
  }
}

export const zoom = new Zoom();
