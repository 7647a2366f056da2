import { invoke } from "./transport";
import type { RequestFound, RequestView } from "./types";

/** The authorization requests that were started here, newest first. */
export const requests = () => invoke<RequestView[]>("requests");

/** What a pasted `state`, callback URL or authorization URL belongs to. */
export const requestFind = (text: string) => invoke<RequestFound>("request_find", { text });
export const requestLabel = (id: string, label: string) =>
  invoke<RequestView>("request_label", { id, label });

/** Forgets those that have ended; answers how many. */
export const requestsClear = () => invoke<number>("requests_clear");
