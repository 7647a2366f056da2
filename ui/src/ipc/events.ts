import { listen } from "@tauri-apps/api/event";
import type { Change, Notice } from "./generated";

/** Something is out of date; the event says what, never the data. */
export const onChanged = (handle: (change: Change) => void) =>
  listen<Change>("changed", (event) => handle(event.payload));

export const onNotice = (handle: (notice: Notice) => void) =>
  listen<Notice>("notice", (event) => handle(event.payload));
