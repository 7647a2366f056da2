import { invoke } from "./transport";
import type { AboutView, Notice, Overview, Status } from "./types";

export const overview = () => invoke<Overview>("overview");

/** What stays on screen until it is dismissed. */
export const notices = () => invoke<Notice[]>("notices");
export const noticeDismiss = (code: string) => invoke<null>("notice_dismiss", { code });

export const about = () => invoke<AboutView>("about");
/** The components that Bobbin is made of, with their licenses' texts. */
export const licenses = () => invoke<string>("licenses");
export const keyStoreRetry = () => invoke<Status>("key_store_retry");

/** Makes everything larger or smaller, from 80 to 200 percent in steps of 10; answers the new size in percent. */
export const zoom = (step: "in" | "out" | "reset") => invoke<number>("zoom", { step });

export type ThemeChoice = "system" | "light" | "dark";

/** Gives the window this theme, if one is named; answers the one that the window remembers. */
export const theme = (choice: ThemeChoice | null) => invoke<ThemeChoice>("theme", { choice });

/** Copies what is on screen; secrets have commands of their own that never show them to the page. */
export const copy = (text: string) => invoke<null>("copy", { text });
