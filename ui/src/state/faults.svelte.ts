import { sandboxFaults, sandboxFaultsSet } from "../ipc/generated/commands/sandbox";
import type { FaultView } from "../ipc/generated";
import { Loader } from "./loader.svelte";
import { notices } from "./notices.svelte";

/** The ways in which the sandbox can misbehave. Rust keeps them; each start behaves. */
class Faults extends Loader<FaultView[]> {
  constructor() {
    super(sandboxFaults);
  }

  /** What was chosen last, until it is kept: the answer to an earlier choice would take it back. */
  #wanted = $state.raw<string[] | null>(null);
  readonly all = $derived.by(() => {
    const [faults, wanted] = [this.data ?? [], this.#wanted];
    return wanted ? faults.map((fault) => ({ ...fault, active: wanted.includes(fault.id) })) : faults;
  });
  readonly active = $derived(this.all.filter(({ active }) => active));

  /** Of two that spoil the same the later one stays, so the one chosen now comes last. */
  toggle({ id, active }: FaultView): Promise<boolean> {
    const others = this.active.map((fault) => fault.id).filter((other) => other !== id);
    return this.#set(active ? others : [...others, id]);
  }

  behave = (): Promise<boolean> => this.#set([]);

  #sent: Promise<unknown> = Promise.resolve();

  /** Shown at once, so that the next choice goes on from it; which of them are active then is told. */
  #set = async (ids: string[]): Promise<boolean> => {
    this.#wanted = ids;
    const sent = this.#sent.then(() => notices.attempt(() => sandboxFaultsSet(ids)));
    this.#sent = sent;
    const done = await sent;
    if (!done) await this.load();
    if (this.#wanted !== ids) return done;
    if (done) this.data = this.data?.map((fault) => ({ ...fault, active: ids.includes(fault.id) })) ?? null;
    this.#wanted = null;
    return done;
  };
}

export const faults = new Faults();
