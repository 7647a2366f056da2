// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { AboutView, KeyStoreState, Notice, Overview, ThemeChoice, ZoomStep } from "..";

export const overview = () => invoke<Overview>("overview");

/** What stays on screen until it is dismissed. */
export const notices = () => invoke<Array<Notice>>("notices");

export const noticeDismiss = (code: string) => invoke<null>("notice_dismiss", { code });

/** What this program is, and where it keeps its things. */
export const about = () => invoke<AboutView>("about");

/** The components that Bobbin is made of, with their licenses' texts. */
export const licenses = () => invoke<string>("licenses");

/** Returns the state that it is in then. */
export const keyStoreRetry = () => invoke<KeyStoreState>("key_store_retry");

/** Makes everything larger or smaller, from 80 to 200 percent in steps of 10; answers the new size in percent. */
export const zoom = (step: ZoomStep) => invoke<number>("zoom", { step });

/** Gives the window this theme, if one is named; answers the one that the window remembers. */
export const theme = (choice: ThemeChoice | null) => invoke<ThemeChoice>("theme", { choice });

/** Copies what is on screen; secrets have commands of their own that never show them to the page. */
export const copy = (text: string) => invoke<null>("copy", { text });
