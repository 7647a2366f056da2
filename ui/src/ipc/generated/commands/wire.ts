// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { ExchangePart, ExchangeSummary, ExchangeView } from "..";

export const wire = () => invoke<Array<ExchangeSummary>>("wire");

/** One of them; `null` where the record no longer has it. */
export const exchangeSummary = (id: string) => invoke<ExchangeSummary | null>("exchange_summary", { id });

export const exchange = (id: string) => invoke<ExchangeView>("exchange", { id });

export const exchangeReveal = (id: string, part: ExchangePart, name: string | null) => invoke<string>("exchange_reveal", { id, part, name });

export const exchangeCopy = (id: string, part: ExchangePart, name: string | null) => invoke<null>("exchange_copy", { id, part, name });

export const wireClear = () => invoke<null>("wire_clear");
