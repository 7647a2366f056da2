import { isError } from "../ipc/errors";
import { SvelteMap } from "svelte/reactivity";
import { signIn, signInStart } from "../ipc/generated/commands/signIn";
import { asErrorView } from "../ipc/transport";
import type { ErrorView, SignInView } from "../ipc/generated";
import { onChange } from "./changes";
import { chosenSessions } from "./chosenSessions.svelte";
import { clock } from "./clock.svelte";
import { overview } from "./overview.svelte";
import { selection } from "./selection.svelte";
import { read, write } from "./stored";
import { typed } from "./typed.svelte";

/** A sign-in that the page waits for, and the query that asked for it, if one did. */
type Awaited = Record<string, { query: string | null }>;

/** The latest sign-in of each connection; one that ends well moves the page to its session. */
class SignIns {
  #latest = new SvelteMap<string, SignInView | null>();
  /** How often each connection's sign-in was asked for: only the newest answer counts. */
  #asked = new Map<string, number>();
  /** The connections for which a sign-in is begun, with its id once it has one and until its view is here. */
  #starting = new SvelteMap<string, string | null>();
  /** Why the last start did not even begin, by connection. */
  #refused = new SvelteMap<string, ErrorView>();
  #awaited = read<Awaited>("awaited", {});

  constructor() {
    onChange((change) => {
      if (change.what === "sign_in") this.#changed(change.id);
    });
    clock.onJump(() => {
      for (const slug of this.#latest.keys()) void this.load(slug);
    });
  }

  latest(slug: string): SignInView | null {
    return this.#latest.get(slug) ?? null;
  }

  starting(slug: string): boolean {
    return this.#starting.has(slug);
  }

  refused(slug: string): ErrorView | null {
    return this.#refused.get(slug) ?? null;
  }

  /** The caller's own name for the end user of the next sign-in. */
  label(slug: string): string {
    return typed.get(`label:${slug}`) ?? "";
  }

  setLabel(slug: string, label: string): void {
    typed.set(`label:${slug}`, label);
  }

  /** Whether it is known by now if there was a sign-in. */
  known(slug: string): boolean {
    return this.#latest.has(slug);
  }

  async load(slug: string): Promise<void> {
    const turn = (this.#asked.get(slug) ?? 0) + 1;
    this.#asked.set(slug, turn);
    const view = await signIn(slug).catch(() => {
      // What was begun is not "starting" for ever where it cannot be read.
      if (this.#starting.get(slug)) this.#starting.delete(slug);
      return this.latest(slug);
    });
    if (this.#asked.get(slug) !== turn) return;
    if (view) this.#take(view);
    else this.#latest.set(slug, null);
  }

  /** Opens the browser. `query` is where the person wants to come back to. */
  async start(slug: string, query: string | null = null): Promise<void> {
    selection.go({ kind: "connection", slug });
    this.#refused.delete(slug);
    this.#starting.set(slug, null);
    // Its progress is told before its id is known.
    if (!this.#asked.has(slug)) this.#asked.set(slug, 0);
    try {
      const id = await signInStart(slug, this.label(slug).trim());
      typed.forget(`label:${slug}`);
      this.#await(id, query);
      if (this.latest(slug)?.id === id) this.#starting.delete(slug);
      else this.#starting.set(slug, id);
    } catch (error) {
      const refused = asErrorView(error);
      if (!isError(refused, "metadata_cancelled")) this.#refused.set(slug, refused);
      this.#starting.delete(slug);
    }
  }

  #take(view: SignInView): void {
    const { id } = view;
    this.#latest.set(view.connection, view);
    if (this.#starting.get(view.connection) === id) this.#starting.delete(view.connection);
    const pending = view.state === "waiting" || view.state === "exchanging";
    const awaited = this.#awaited[id];
    if (pending && !awaited) this.#await(id, null);
    if (pending || !awaited) return;
    this.#forget(id);
    if (view.state === "done" && view.session) void this.#arrive(view.session, awaited.query);
  }

  async #arrive(session: string, query: string | null): Promise<void> {
    if (query && overview.queries.some(({ path }) => path === query)) {
      chosenSessions.choose(query, session);
      selection.go({ kind: "query", path: query });
    } else {
      selection.go({ kind: "session", id: session });
    }
  }

  #changed(id: string): void {
    const known = [...this.#latest].find(([, view]) => view?.id === id)?.[0];
    // Also those whose answer is on its way: it may be from before the change.
    const slugs = known ? [known] : [...this.#asked.keys()];
    for (const slug of slugs) void this.load(slug);
  }

  #await(id: string, query: string | null): void {
    // A few are enough: what never came back is over after ten minutes.
    const latest = Object.entries(this.#awaited).slice(-4);
    this.#awaited = { ...Object.fromEntries(latest), [id]: { query } };
    write("awaited", this.#awaited);
  }

  #forget(id: string): void {
    this.#awaited = Object.fromEntries(Object.entries(this.#awaited).filter(([other]) => other !== id));
    write("awaited", this.#awaited);
  }
}

export const signIns = new SignIns();
