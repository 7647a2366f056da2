import type { ExchangeSummary } from "../../ipc/generated";

/** Where a bar begins and how long it is, as shares of the axis. */
export interface Bar {
  from: number;
  share: number;
}

/** Silence between two exchanges takes no more of the axis than this. */
const LONGEST_GAP_MS = 1500;

/** One axis for all exchanges. Long silences are cut short, or an hour's break would flatten every bar. */
export function timeAxis(exchanges: Pick<ExchangeSummary, "at" | "durationMs">[]): Bar[] {
  const inOrder = exchanges
    .map(({ at, durationMs }, index) => ({ index, at, length: Math.max(0, durationMs ?? 0) }))
    .sort((a, b) => a.at - b.at);
  let cut = 0;
  let reached = inOrder[0]?.at ?? 0;
  let end = 0;
  const placed = inOrder.map(({ index, at, length }) => {
    cut += Math.max(0, at - reached - LONGEST_GAP_MS);
    reached = Math.max(reached, at + length);
    const from = at - (inOrder[0]?.at ?? 0) - cut;
    end = Math.max(end, from + length);
    return { index, from, length };
  });
  const bars: Bar[] = [];
  for (const { index, from, length } of placed) {
    bars[index] = { from: end > 0 ? from / end : 0, share: end > 0 ? length / end : 0 };
  }
  return bars;
}
