import { mount } from "svelte";
import App from "./App.svelte";
import { onChanged, onNotice } from "./ipc/events";
import type { Change } from "./ipc/generated";
import { announce, onChange } from "./state/changes";
import { clock } from "./state/clock.svelte";
import { faults } from "./state/faults.svelte";
import { recall } from "./state/held.svelte";
import { notices } from "./state/notices.svelte";
import { overview } from "./state/overview.svelte";
import { ready } from "./state/ready";
import { selection } from "./state/selection.svelte";
import { theme } from "./state/theme.svelte";
import { wire } from "./state/wire.svelte";

/** What the overview says, each with its kind of change. */
const LISTED: Change["what"][] = ["connections", "sessions", "queries", "status"];

/** Puts the page on screen, with what an earlier one held, and listens to Rust. */
export async function start(target: Element) {
  onChange(({ what }) => {
    if (LISTED.includes(what)) void overview.load().then(() => selection.settle());
    // The sandbox's own page has the menu too.
    if (what === "faults") void faults.load();
  });
  clock.onJump(() => overview.load());
  // What is told before somebody listens is lost, so everything is asked for after that.
  const listening = Promise.all([onChanged(announce), onNotice((notice) => notices.say(notice))]);
  void listening.then(() => overview.load()).then(() => selection.settle());
  void listening.then(() => notices.attempt(() => notices.load()));
  await Promise.all([recall(), theme.recall()]);
  // The status bar's counts are not needed for the first picture.
  void ready.then(() => Promise.all([wire.load(), faults.loadOnce()]));
  return mount(App, { target });
}
