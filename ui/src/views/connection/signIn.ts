import type { ConnectionForm } from "../../state/connectionForm.svelte";
import { overview } from "../../state/overview.svelte";
import { signIns } from "../../state/signIns.svelte";

/** Starts a sign-in with the form as it is typed. */
export async function signIn(form: ConnectionForm): Promise<void> {
  form.complains = true;
  if (await form.flush()) await signIns.start(form.slug);
}

/** Nobody has signed in here: the panel teaches, with one big button. */
export function neverSignedIn(slug: string): boolean {
  return signIns.latest(slug) === null && (overview.connection(slug)?.sessions.length ?? 0) === 0;
}
