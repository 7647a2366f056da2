// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { IntrospectionView, SessionSecret, SessionView, UserinfoView, WaitView } from "..";

export const session = (id: string) => invoke<SessionView>("session", { id });

export const sessionRename = (id: string, label: string) => invoke<null>("session_rename", { id, label });

/** Forgets the session on this computer; its tokens stay valid at the provider. */
export const sessionDelete = (id: string) => invoke<null>("session_delete", { id });

export const sessionRestore = (id: string) => invoke<null>("session_restore", { id });

export const sessionRevoke = (id: string) => invoke<null>("session_revoke", { id });

/**
 * Spends the refresh token of the generation that the person saw; one that has moved on is not spent twice.
 * `scopes` narrows what the new access token is for; `null` keeps all.
 */
export const sessionRefresh = (id: string, generation: number, scopes: Array<string> | null) => invoke<null>("session_refresh", { id, generation, scopes });

/** A session from a pasted token reply; nothing is sent. Answers its id. */
export const sessionFromReply = (connection: string, text: string) => invoke<string>("session_from_reply", { connection, text });

/** Answers its id. */
export const sessionFromRefreshToken = (connection: string, token: string) => invoke<string>("session_from_refresh_token", { connection, token });

export const sessionUserinfo = (id: string) => invoke<UserinfoView>("session_userinfo", { id });

export const sessionIntrospect = (id: string, secret: SessionSecret) => invoke<IntrospectionView>("session_introspect", { id, secret });

/** Opens the provider's end-session page; the session stays until it is deleted. */
export const sessionSignOut = (id: string) => invoke<null>("session_sign_out", { id });

export const sessionReveal = (id: string, secret: SessionSecret) => invoke<string>("session_reveal", { id, secret });

export const sessionCopy = (id: string, secret: SessionSecret) => invoke<null>("session_copy", { id, secret });

/** What is waited for before another try. */
export const waits = () => invoke<Array<WaitView>>("waits");

/** Gives up a wait: what waited is not sent again. */
export const waitCancel = (about: string) => invoke<null>("wait_cancel", { about });
