import { invoke } from "./transport";
import type { AboutView, Notice, Overview, Status } from "./types";

export const overview = () => invoke<Overview>("overview");

/** What stays on screen until it is dismissed. */
export const notices = () => invoke<Notice[]>("notices");
export const noticeDismiss = (code: string) => invoke<null>("notice_dismiss", { code });

export const about = () => invoke<AboutView>("about");
export const keyStoreRetry = () => invoke<Status>("key_store_retry");

/** Makes everything larger or smaller, from 80 to 200 percent in steps of 10; answers the new size in percent. */
export const zoom = (step: "in" | "out" | "reset") => invoke<number>("zoom", { step });

/** Tells the window's frame, and the next start, which theme the page has. */
export const theme = (choice: "system" | "light" | "dark") => invoke<null>("theme", { choice });

/** Copies what is on screen; secrets have commands of their own that never show them to the page. */
export const copy = (text: string) => invoke<null>("copy", { text });
