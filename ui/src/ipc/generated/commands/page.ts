// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";

/** What the page held before it was loaded again, by key. */
export const pageHeld = () => invoke<{ [key in string]: string }>("page_held");

/** Holds a text in the application's memory; `null` lets go of it. */
export const pageHold = (key: string, text: string | null) => invoke<null>("page_hold", { key, text });
