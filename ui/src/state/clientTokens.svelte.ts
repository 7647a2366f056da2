import { SvelteMap } from "svelte/reactivity";
import { clientToken } from "../ipc/generated/commands/client";
import { asErrorView } from "../ipc/transport";
import type { ErrorView } from "../ipc/generated";
import { forms } from "./connectionForm.svelte";
import { selection } from "./selection.svelte";

/** The tokens that clients get for themselves: what is asked for now, and why the last one was refused. */
class ClientTokens {
  #busy = new SvelteMap<string, boolean>();
  #refused = new SvelteMap<string, ErrorView>();

  busy(slug: string): boolean {
    return this.#busy.get(slug) ?? false;
  }

  refused(slug: string): ErrorView | null {
    return this.#refused.get(slug) ?? null;
  }

  /** Gets the kept token, or a new one where `fresh`; its session's id, or null where it was refused. */
  async get(slug: string, fresh: boolean): Promise<string | null> {
    if (this.busy(slug)) return null;
    this.#busy.set(slug, true);
    this.#refused.delete(slug);
    try {
      const form = forms.peek(slug);
      if (form) form.complains = true;
      // The conflict is shown with the connection.
      if (form && !(await form.flush())) return null;
      return await clientToken(slug, fresh);
    } catch (error) {
      this.#refused.set(slug, asErrorView(error));
      return null;
    } finally {
      this.#busy.set(slug, false);
    }
  }

  /** Gets it and shows its session; a refusal is shown with the connection. */
  async show(slug: string, fresh: boolean): Promise<void> {
    const id = await this.get(slug, fresh);
    selection.go(id ? { kind: "session", id } : { kind: "connection", slug });
  }
}

export const clientTokens = new ClientTokens();
