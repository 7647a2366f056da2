import { SvelteSet } from "svelte/reactivity";
import { pressed } from "../words/keys";

/** Something a person can do now: the palette lists it, and its shortcut runs it. */
export interface Action {
  /** What other code finds it by. */
  id?: "refresh";
  title: string;
  /** What else it is found by. */
  detail?: string;
  keys?: string;
  /** It goes to a tool. */
  tool?: true;
  run: () => void;
}

class Actions {
  #window = new SvelteSet<() => Action[]>();
  #view = new SvelteSet<() => Action[]>();

  /** What can be done now: with the thing in the centre first, then with the window. */
  get all(): Action[] {
    return [...this.#view, ...this.#window].flatMap((source) => source());
  }

  add(source: () => Action[], inView: boolean): () => void {
    const sources = inView ? this.#view : this.#window;
    sources.add(source);
    return () => sources.delete(source);
  }

  /** Runs the action that these keys belong to. */
  press(event: KeyboardEvent): boolean {
    const action = this.all.find(({ keys }) => keys !== undefined && pressed(event, keys));
    action?.run();
    return action !== undefined;
  }
}

export const actions = new Actions();

/** Offers the window's actions for as long as the component is on screen. */
export function offer(source: () => Action[]): void {
  $effect(() => actions.add(source, false));
}

/** Offers what can be done with the thing in the centre. */
export function offerInView(source: () => Action[]): void {
  $effect(() => actions.add(source, true));
}
