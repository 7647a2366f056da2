import { exchangeSummary, wire as ask } from "../ipc/generated/commands/wire";
import type { ExchangeSummary } from "../ipc/generated";
import { onChange } from "./changes";
import { hold } from "./held.svelte";
import { Loader } from "./loader.svelte";
import { read, write } from "./stored";

/** The record of what went over the network, and its drawer. */
class Wire extends Loader<ExchangeSummary[]> {
  open = $state(read("wire.open", false));
  height = $state(read("wire.height", 180));
  /** The exchange that the drawer shows in full. */
  shown = $state<string | null>(null);
  /** How often the whole record was asked for: a row that was asked for before is out of date. */
  #loads = 0;
  #loading: Promise<void> = Promise.resolve();
  /** The exchanges that were told of and are still to be asked for, in order. */
  #told = new Set<string>();
  #following = false;

  constructor() {
    super(ask);
    hold(
      "wire",
      () => this.shown,
      (shown) => (this.shown = shown),
    );
    onChange((change) => {
      if (change.what === "wire") void this.load();
      // Before the first question nothing is known that could be out of date.
      if (change.what !== "exchange" || this.#loads === 0) return;
      this.#told.add(change.id);
      void this.#follow();
    });
  }

  override load(): Promise<void> {
    this.#loads += 1;
    // The answer has them all.
    this.#told.clear();
    const { shown } = this;
    this.#loading = super.load().then(() => {
      // What somebody asked to see meanwhile may be newer than the answer.
      if (this.shown === shown) this.#dropShown();
    });
    return this.#loading;
  }

  toggle(open = !this.open): void {
    this.open = open;
    write("wire.open", open);
  }

  resize(height: number): void {
    this.height = height;
    write("wire.height", height);
  }

  /** Opens the drawer on one exchange. */
  show(exchange: string): void {
    this.shown = exchange;
    this.toggle(true);
  }

  /** Asks for what was told of, one after the other, so that the rows keep the order of the record. */
  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    for (const id of this.#told) {
      this.#told.delete(id);
      await this.#loading;
      const loads = this.#loads;
      const row = await exchangeSummary(id).catch(() => undefined);
      if (row !== undefined && loads === this.#loads) this.#put(id, row);
    }
    this.#following = false;
  }

  /** Null: the record no longer has it. */
  #put(id: string, row: ExchangeSummary | null): void {
    const rows = this.data ?? [];
    const others = rows.filter((other) => other.id !== id);
    if (row === null) this.data = others;
    else if (others.length === rows.length) this.data = [...rows, row];
    else this.data = rows.map((other) => (other.id === id ? row : other));
    if (row === null && this.shown === id) this.shown = null;
  }

  /** Shows nothing where the record has not got what is shown. */
  #dropShown(): void {
    if (this.data && !this.data.some(({ id }) => id === this.shown)) this.shown = null;
  }
}

export const wire = new Wire();
