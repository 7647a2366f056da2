// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { ConnectionDraft, ConnectionView, PresetView } from "..";

export const presets = () => invoke<Array<PresetView>>("presets");

export const connection = (slug: string) => invoke<ConnectionView>("connection", { slug });

/** Answers its slug. */
export const connectionCreate = (preset: string, name: string) => invoke<string>("connection_create", { preset, name });

/** Answers the revision of the file as it was saved. */
export const connectionSave = (slug: string, draft: ConnectionDraft) => invoke<string>("connection_save", { slug, draft });

/** Returns its name, which the undo message shows. */
export const connectionDelete = (slug: string) => invoke<string>("connection_delete", { slug });

export const connectionRestore = (slug: string) => invoke<null>("connection_restore", { slug });

/** Yes to the question of an `endpoint_changed`, by its id: the connection's credentials may go there from now on. */
export const connectionTrust = (slug: string, question: string) => invoke<null>("connection_trust", { slug, question });

/** Fetches the provider's metadata now. */
export const discover = (slug: string) => invoke<null>("discover", { slug });

/** Ends it, and a sign-in that waits for it. */
export const discoverCancel = (slug: string) => invoke<null>("discover_cancel", { slug });
