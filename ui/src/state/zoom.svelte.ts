import { zoom as ask } from "../ipc/app";

const SHOWN_MS = 1000;

/** How large the page is drawn. The shell knows it; here is what was answered last, for as long as it is shown. */
class Zoom {
  percent = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  async go(step: "in" | "out" | "reset"): Promise<void> {
    this.percent = await ask(step);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.percent = null), SHOWN_MS);
  }
}

export const zoom = new Zoom();
