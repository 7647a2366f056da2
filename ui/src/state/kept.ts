import { untrack } from "svelte";

/** One object for each key, made when first asked for; it outlives the views that show it. */
export class Kept<T extends { end(): void }> {
  #all = new Map<string, T>();

  constructor(readonly make: (key: string) => T) {}

  get(key: string): T {
    const there = this.#all.get(key);
    if (there) return there;
    const made = untrack(() => this.make(key));
    this.#all.set(key, made);
    return made;
  }

  /** The object, if somebody has asked for it before. */
  peek(key: string): T | undefined {
    return this.#all.get(key);
  }

  forget(key: string): void {
    this.peek(key)?.end();
    this.#all.delete(key);
  }

  get all(): T[] {
    return [...this.#all.values()];
  }
}
