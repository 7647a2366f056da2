// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { QueryDraft, QueryView, ResponseView, RunRequest } from "..";

export const query = (path: string) => invoke<QueryView>("query", { path });

/** Answers its path. */
export const queryCreate = (folder: string, name: string, document: string, variables: string) => invoke<string>("query_create", { folder, name, document, variables });

export const querySave = (path: string, document: string, variables: string) => invoke<null>("query_save", { path, document, variables });

/** Answers its path from then on. */
export const queryRename = (path: string, folder: string, name: string) => invoke<string>("query_rename", { path, folder, name });

/** Answers what it was, to be created again. */
export const queryDelete = (path: string) => invoke<QueryView>("query_delete", { path });

/** Keeps what was typed and not saved; `null` drops it. */
export const queryDraft = (path: string, draft: QueryDraft | null) => invoke<null>("query_draft", { path, draft });

export const queryRun = (request: RunRequest) => invoke<ResponseView>("query_run", { request });

export const queryCancel = (id: string) => invoke<null>("query_cancel", { id });
