import type { ConnectionForm } from "../../state/connectionForm.svelte";
import { overview } from "../../state/overview.svelte";
import { signIns } from "../../state/signIns.svelte";

/** Starts a sign-in with the form as it is typed. */
export async function signIn(form: ConnectionForm): Promise<void> {
  await form.flush();
  await signIns.start(form.slug);
}

/** Nobody has signed in here: the panel teaches, with one big button. */
export function neverSignedIn(slug: string): boolean {
  return signIns.latest(slug) === null && (overview.connection(slug)?.sessions.length ?? 0) === 0;
}

/** The OAuth error that the client's doctor can say something about, by the code of the failure. */
export function explained(code: string): string | null {
  const known = ["invalid_client", "unauthorized_client", "invalid_scope", "invalid_grant"];
  if (code === "authorization_declined") return "invalid_client";
  return known.find((error) => code === `token_${error}`) ?? null;
}
