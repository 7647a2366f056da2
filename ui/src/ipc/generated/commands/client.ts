// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { AssertionPreview, CredentialsImportView } from "..";

/** Keeps the client secret, sealed; `null` forgets it. */
export const clientSecretSet = (slug: string, secret: string | null) => invoke<null>("client_secret_set", { slug, secret });

export const clientKeyImport = (slug: string, text: string, passphrase: string | null) => invoke<null>("client_key_import", { slug, text, passphrase });

export const clientKeyRemove = (slug: string) => invoke<null>("client_key_remove", { slug });

export const clientKeyRestore = (slug: string) => invoke<null>("client_key_restore", { slug });

/** The assertion as it would be sent now; nothing is sent. */
export const assertionPreview = (slug: string) => invoke<AssertionPreview>("assertion_preview", { slug });

export const credentialsImport = (slug: string, text: string) => invoke<CredentialsImportView>("credentials_import", { slug, text });

/** The client's own token: the kept one while it is live, or a new one where `fresh`; answers its session's id. */
export const clientToken = (connection: string, fresh: boolean) => invoke<string>("client_token", { connection, fresh });
