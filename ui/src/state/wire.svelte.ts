import { wire as ask } from "../ipc/generated/commands/wire";
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

  constructor() {
    super(ask);
    hold(
      "wire",
      () => this.shown,
      (shown) => (this.shown = shown),
    );
    onChange((change) => {
      if (change.what === "wire") void this.load();
    });
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
}

export const wire = new Wire();
