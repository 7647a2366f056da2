import { sandboxFaults, sandboxFaultsSet } from "../ipc/generated/commands/sandbox";
import type { FaultView } from "../ipc/generated";
import { Loader } from "./loader.svelte";
import { notices } from "./notices.svelte";

/** The ways in which the sandbox can misbehave. Rust keeps them; each start behaves. */
class Faults extends Loader<FaultView[]> {
  constructor() {
    super(sandboxFaults);
  }

  readonly active = $derived((this.data ?? []).filter(({ active }) => active));

  /** Of two that spoil the same the later one stays, so the one chosen now comes last. */
  toggle({ id, active }: FaultView): Promise<boolean> {
    const others = this.active.map((fault) => fault.id).filter((other) => other !== id);
    return this.#set(active ? others : [...others, id]);
  }

  behave = (): Promise<boolean> => this.#set([]);

  #set = (ids: string[]) => notices.attempt(async () => (this.data = await sandboxFaultsSet(ids)));
}

export const faults = new Faults();
