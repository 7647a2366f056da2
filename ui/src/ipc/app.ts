import { invoke } from "./transport";
import type { Overview, Status } from "./types";

export const overview = () => invoke<Overview>("overview");
export const keyStoreRetry = () => invoke<Status>("key_store_retry");

/** Copies what is on screen; secrets have commands of their own that never show them to the page. */
export const copy = (text: string) => invoke<null>("copy", { text });
