import { SvelteMap } from "svelte/reactivity";
import { hold } from "./held.svelte";

/** What is typed into small fields and goes nowhere yet, by the field's name. */
class Typed {
  #texts = new SvelteMap<string, string>();

  constructor() {
    hold<[string, string][]>(
      "typed",
      () => (this.#texts.size > 0 ? [...this.#texts] : null),
      (texts) => texts.forEach(([field, text]) => this.#texts.set(field, text)),
    );
  }

  has(field: string): boolean {
    return this.#texts.has(field);
  }

  get(field: string): string | undefined {
    return this.#texts.get(field);
  }

  set(field: string, text: string): void {
    this.#texts.set(field, text);
  }

  forget(...fields: string[]): void {
    for (const field of fields) this.#texts.delete(field);
  }
}

export const typed = new Typed();
