// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { RequestFound, RequestView } from "..";

/** Newest first. */
export const requests = () => invoke<Array<RequestView>>("requests");

/** What a pasted `state`, callback URL or authorization URL belongs to. */
export const requestFind = (text: string) => invoke<RequestFound>("request_find", { text });

export const requestLabel = (id: string, label: string) => invoke<null>("request_label", { id, label });

/** Forgets those that have ended; answers how many. */
export const requestsClear = () => invoke<number>("requests_clear");
