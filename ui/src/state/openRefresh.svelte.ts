import { untrack } from "svelte";
import { actions } from "./actions.svelte";
import { selection, type Place } from "./selection.svelte";

/** Goes to a session and asks there whether to refresh it, as soon as its view offers that. */
export function openRefresh(id: string): void {
  const place: Place = { kind: "session", id };
  selection.go(place);
  const stop = $effect.root(() => {
    $effect(() => {
      const refresh = actions.all.find(({ id }) => id === "refresh");
      const here = selection.is(place);
      if (!refresh && here) return;
      queueMicrotask(() => stop());
      if (refresh && here) untrack(() => refresh.run());
    });
  });
}
