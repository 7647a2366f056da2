import { invoke } from "./transport";
import type { ConnectionDraft, ConnectionView, ErrorView, PresetView } from "./types";

export const presets = () => invoke<PresetView[]>("presets");
export const connection = (slug: string) => invoke<ConnectionView>("connection", { slug });
export const connectionCreate = (preset: string, name: string) =>
  invoke<ConnectionView>("connection_create", { preset, name });
export const connectionSave = (slug: string, draft: ConnectionDraft) =>
  invoke<ConnectionView>("connection_save", { slug, draft });
export const connectionDelete = (slug: string) => invoke<string>("connection_delete", { slug });
export const connectionRestore = (slug: string) => invoke<ConnectionView>("connection_restore", { slug });

/** Yes to an `endpoint_changed`, as it was read: the connection's credentials may go there from now on. */
export const connectionTrust = (slug: string, { message, hint }: ErrorView) =>
  invoke<null>("connection_trust", { slug, question: `${message}\n${hint ?? ""}` });

export const discover = (slug: string) => invoke<ConnectionView>("discover", { slug });

/** Ends it, and a sign-in that waits for it. */
export const discoverCancel = (slug: string) => invoke<null>("discover_cancel", { slug });
