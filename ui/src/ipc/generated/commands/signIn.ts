// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { RedirectMethod, SignInView } from "..";

/** `user_label` is the caller's own name for the end user, empty for none. Answers the sign-in's id. */
export const signInStart = (connection: string, userLabel: string) => invoke<string>("sign_in_start", { connection, userLabel });

/** Switches the redirect method of a sign-in that waits. */
export const signInSwitch = (id: string, method: RedirectMethod) => invoke<null>("sign_in_switch", { id, method });

/** The latest sign-in of a connection, running or over. */
export const signIn = (connection: string) => invoke<SignInView | null>("sign_in", { connection });

export const signInCancel = (id: string) => invoke<null>("sign_in_cancel", { id });

export const signInOpen = (id: string) => invoke<null>("sign_in_open", { id });

export const signInCopyLink = (id: string) => invoke<null>("sign_in_copy_link", { id });

export const callbackPaste = (id: string, text: string) => invoke<null>("callback_paste", { id, text });
