/** What a test needs of the page: how it starts, and how it ends. */
export { unmount } from "svelte";
export { start } from "../src/start";
