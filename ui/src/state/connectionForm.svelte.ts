import { untrack } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import { connection, connectionSave } from "../ipc/generated/commands/connections";
import { isError } from "../ipc/errors";
import { asErrorView } from "../ipc/transport";
import type { ConnectionDraft, ConnectionView, ErrorView, Problem } from "../ipc/generated";
import { onChange } from "./changes";
import { draftOf, fieldsOf, noFields, type Fields } from "./connectionFields";
import { hold } from "./held.svelte";
import { Kept } from "./kept";
import { released } from "./press";

const SAVE_AFTER_MS = 400;

/** A field's problem, or that it is still to be filled in. */
export type FieldProblem = Problem & { awaited?: true };

/** A field that was edited here and, meanwhile, in the file. */
export interface Conflict {
  field: keyof Fields;
  mine: Fields[keyof Fields];
  theirs: Fields[keyof Fields];
}

/** What a page that is loaded again needs, to go on where another one was: see `ConnectionForm`. */
interface Typed {
  fields: Fields;
  had: Fields;
  told: Fields;
  revision: string;
}

/**
 * A connection's form, which saves itself. Each field is kept three times: what Rust has, what it was
 * told last, and what is typed; so an answer or a change from outside never overwrites typing.
 */
export class ConnectionForm {
  view = $state.raw<ConnectionView | null>(null);
  fields = $state(noFields());
  /** Why the view could not be read. */
  error = $state.raw<ErrorView | null>(null);
  /** Why the last save failed; what was typed is kept. */
  saveError = $state.raw<ErrorView | null>(null);
  state = $state<"clean" | "typing" | "saving" | "saved">("clean");
  /** Somebody has tried to sign in: from then on what is missing is said. */
  complains = $state(false);
  #visited = new SvelteSet<string>();
  /** In a conflict: what the field was before the file was edited. */
  #had = $state.raw<Fields | null>(null);
  /** That of the file when nothing was in conflict with it. */
  #revision = "";
  #told: Fields | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** The last command that changes the connection. */
  #sent: Promise<unknown> = Promise.resolve();
  /** The revision of what was saved last, until its view is here. */
  #saved: string | null = null;
  /** How many commands were sent and views asked for: an answer from before one of them is out of date. */
  #version = 0;
  /** What callers that wait for the next view are told by. */
  #waiting: (() => void)[] = [];

  #hold;
  #stop: () => void;

  constructor(readonly slug: string) {
    this.#hold = hold(
      `connection:${slug}`,
      () => this.#typed(),
      (typed) => this.#restore(typed),
    );
    this.#stop = $effect.root(() => {
      $effect(() => {
        const typed = $state.snapshot(this.fields);
        untrack(() => {
          if (this.view && !equal(typed, this.#told)) this.#edited();
        });
      });
    });
  }

  /** It is the sandbox's, which has a menu of faults. */
  get sandbox(): boolean {
    return this.view?.preset === "sandbox";
  }

  /** Asks for the view; done when the newest one is here, or the error in its place. */
  async load(): Promise<void> {
    const version = (this.#version += 1);
    const viewed = this.#viewed();
    await this.#sent.catch(() => undefined);
    if (version === this.#version) await this.#load(version);
    return viewed;
  }

  async #load(version: number): Promise<void> {
    let view: ConnectionView | null = null;
    let error: ErrorView | null = null;
    try {
      view = await connection(this.slug);
    } catch (refused) {
      error = asErrorView(refused);
    }
    // An answer from before would take back what was saved, or what a command brought.
    if (version !== this.#version) return;
    const first = this.view === null;
    if (view) this.#take(view);
    this.error = error;
    // What an earlier page had not saved.
    if (view && first && !equal($state.snapshot(this.fields), this.#told)) this.#edited();
    for (const done of this.#waiting.splice(0)) done();
  }

  #viewed(): Promise<void> {
    return new Promise((done) => this.#waiting.push(done));
  }

  /** Sends a command that changes the connection; done when the view is here that is asked for when that is told. */
  async changed<T>(command: () => Promise<T>): Promise<T> {
    const version = (this.#version += 1);
    const viewed = this.#viewed();
    const sent = command();
    this.#sent = sent;
    try {
      return await sent;
    } catch (error) {
      // Nothing is told of a command that did not even begin.
      if (version === this.#version) void this.load();
      throw error;
    } finally {
      // Also a command that was refused may have changed something.
      await viewed;
    }
  }

  /** Something was typed: it is saved in a moment. */
  #edited(): void {
    this.state = "typing";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void released().then(() => this.flush()), SAVE_AFTER_MS);
  }

  /** Saves what was typed, now; done when it is kept. False where somebody has to decide about a conflict first. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.then(() => this.#save());
    await this.#saving;
    return this.conflicts.length === 0;
  }

  /** Leaving a field: saves, and then shows the field as it was kept. */
  async left(field?: string): Promise<void> {
    const typed = $state.snapshot(this.fields);
    // What a save shows would move what is pressed, and the click be lost.
    await released();
    await this.flush();
    // Not before: what was missing may just have been filled in.
    if (field) this.#visited.add(field);
    // The next field may be half typed by now.
    const moved = !equal(typed, $state.snapshot(this.fields));
    if (this.state !== "saved" || !this.#had || moved || this.conflicts.length > 0) return;
    // Rows are left for the next cell of the same row: they stay as they are typed.
    const { headers, parameters } = $state.snapshot(this.fields);
    this.fields = { ...structuredClone(this.#had), headers, parameters };
    this.#told = $state.snapshot(this.fields);
  }

  /** The form as it is kept, to come back to; null before it was read. */
  get draft(): ConnectionDraft | null {
    const had = this.#had && structuredClone(this.#had);
    return this.view && had && draftOf(had, this.view, had);
  }

  /** What is wrong with a field. That nothing was entered is no mistake until somebody has been there or signs in. */
  problem(field: string): FieldProblem | undefined {
    const problem = this.view?.problems.find((one) => one.field === field);
    if (!problem?.missing || this.complains || this.#visited.has(field)) return problem;
    return { ...problem, message: "Required", awaited: true };
  }

  /** Takes in what is there now. */
  #take(view: ConnectionView): void {
    const now = fieldsOf(view);
    const typed = $state.snapshot(this.fields);
    this.view = view;
    const saved = this.#saved;
    this.#saved = null;
    if (saved === view.revision) {
      // What was saved stays as it is typed until somebody leaves the field.
      this.#had = now;
      return;
    }
    if (!this.#had || !this.#told) {
      this.fields = now;
      this.#told = structuredClone(now);
      this.#had = structuredClone(now);
      this.#revision = view.revision;
      return;
    }
    // What a key or the issuer's metadata changes is no edit of the file.
    const edited = view.revision !== this.#revision;
    const had: Fields = { ...this.#had };
    for (const name of Object.keys(now) as (keyof Fields)[]) {
      if (equal(now[name], had[name])) continue;
      const typing = !equal(typed[name], this.#told[name]);
      if (typing && edited && !equal(typed[name], now[name])) continue;
      Object.assign(had, { [name]: structuredClone(now[name]) });
      if (typing) continue;
      Object.assign(this.fields, { [name]: now[name] });
      Object.assign(this.#told, { [name]: structuredClone(now[name]) });
    }
    this.#had = had;
    if (this.conflicts.length === 0) this.#revision = view.revision;
  }

  /** What was typed here goes into the file. */
  keepMine(): Promise<boolean> {
    return this.#decide(false);
  }

  /** What the file says goes into the fields; what else was typed is kept and saved. */
  takeTheirs(): Promise<boolean> {
    return this.#decide(true);
  }

  #decide(forTheirs: boolean): Promise<boolean> {
    const { view, conflicts } = this;
    for (const { field, theirs } of conflicts) {
      if (forTheirs) Object.assign(this.fields, { [field]: structuredClone(theirs) });
      Object.assign(this.#told ?? {}, { [field]: structuredClone(theirs) });
    }
    if (view) {
      this.#had = fieldsOf(view);
      this.#revision = view.revision;
    }
    this.#edited();
    return this.flush();
  }

  /**
   * What a person has to decide before anything is saved: set where the file has something else by now.
   *
   * Not derived: that would end with the view which asks for this form first, and the form outlives it.
   */
  get conflicts(): Conflict[] {
    const had = this.#had;
    if (!this.view || !had) return [];
    const now = fieldsOf(this.view);
    return (Object.keys(now) as (keyof Fields)[])
      .map((field) => ({
        field,
        mine: $state.snapshot(this.fields[field]) as Conflict["mine"],
        theirs: now[field],
      }))
      .filter(({ field, mine, theirs }) => !equal(had[field], theirs) && !equal(mine, theirs));
  }

  /** The connection is gone. */
  end(): void {
    this.#stop();
    clearTimeout(this.#timer);
    this.#hold.end();
    for (const done of this.#waiting.splice(0)) done();
  }

  #typed(): Typed | null {
    const fields = $state.snapshot(this.fields);
    const { view } = this;
    if (!this.#had || !this.#told || (view && equal(fields, fieldsOf(view)))) return null;
    return { fields, had: this.#had, told: this.#told, revision: this.#revision };
  }

  #restore({ fields, had, told, revision }: Typed): void {
    this.fields = fields;
    this.#had = had;
    this.#told = told;
    this.#revision = revision;
  }

  async #save(tries = 3): Promise<void> {
    const fields = $state.snapshot(this.fields);
    if (this.conflicts.length > 0) return;
    if (!this.view || equal(fields, this.#told)) {
      if (this.state === "typing") this.state = "saved";
      return;
    }
    const draft = draftOf(fields, this.view, this.#told ?? fields);
    this.state = "saving";
    try {
      await this.changed(async () => {
        const revision = await connectionSave(this.slug, draft);
        this.#saved = revision;
        this.#told = fields;
        this.#revision = revision;
      });
      this.saveError = null;
      if (this.state === "saving") this.state = "saved";
    } catch (error) {
      this.state = "typing";
      const refusal = asErrorView(error);
      const edited = isError(refusal, "connection_changed_outside");
      this.saveError = edited ? this.error : refusal;
      // Where the file was edited meanwhile in other fields, nobody has to decide.
      if (edited && !this.error && tries > 1) await this.#save(tries - 1);
    }
  }
}

const equal = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The form of each connection, with what is typed in it. */
export const forms = new Kept((slug) => new ConnectionForm(slug));

onChange((change) => {
  if (change.what === "connection") void forms.peek(change.slug)?.load();
  if (change.what === "app_links" || change.what === "status") for (const form of forms.all) void form.load();
});
