import { mount } from "svelte";
import App from "./App.svelte";
import { onChanged, onNotice } from "./ipc/events";
import { announce, onChange } from "./state/changes";
import { clock } from "./state/clock.svelte";
import { recall } from "./state/held.svelte";
import { notices } from "./state/notices.svelte";
import { overview } from "./state/overview.svelte";
import { ready } from "./state/ready";
import { selection } from "./state/selection.svelte";
import { theme } from "./state/theme.svelte";
import { wire } from "./state/wire.svelte";

/** Puts the page on screen, with what an earlier one held, and listens to Rust. */
export async function start(target: Element) {
  onChange((change) => {
    if (change.what !== "overview") return;
    void overview.load().then(() => selection.settle());
    // The sandbox's own page has the menu too.
    void loadFaults();
  });
  clock.onJump(() => overview.load());
  void onChanged(announce);
  void onNotice((notice) => notices.say(notice));
  void overview.load().then(() => selection.settle());
  void theme.recall();
  await recall();
  // The status bar's counts are not needed for the first picture.
  void ready.then(() => Promise.all([wire.load(), loadFaults()]));
  return mount(App, { target });
}

const loadFaults = async () => (await import("./state/faults.svelte")).faults.load();
