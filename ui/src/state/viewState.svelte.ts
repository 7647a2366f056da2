import { onDestroy } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { hold } from "./held.svelte";

const open = new SvelteMap<string, string>();

hold<[string, string][]>(
  "open",
  () => (open.size > 0 ? [...open] : null),
  (held) => held.forEach(([name, value]) => open.set(name, value)),
);

/**
 * What is open or chosen in a view, by a name of its own. It ends with the component, but a page that is loaded again
 * comes back with it.
 */
export function viewState<T extends string>(name: string): { value: T | null } {
  onDestroy(() => open.delete(name));
  return {
    get value() {
      return (open.get(name) as T | undefined) ?? null;
    },
    set value(value) {
      if (value === null) open.delete(name);
      else open.set(name, value);
    },
  };
}
