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

  /** Shown at once, so that the next choice goes on from it; which of them are active then is told. */
  #set = async (ids: string[]): Promise<boolean> => {
    this.data = this.data?.map((fault) => ({ ...fault, active: ids.includes(fault.id) })) ?? null;
    const done = await notices.attempt(() => sandboxFaultsSet(ids));
    if (!done) await this.load();
    return done;
  };
}

export const faults = new Faults();
