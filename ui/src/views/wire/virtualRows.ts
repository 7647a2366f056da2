/** Rows of one height below each other, of which one may be open with a detail under it. Lengths are in CSS pixels. */
export interface Rows {
  count: number;
  height: number;
  /** The index of the open one, or -1. */
  open: number;
  detail: number;
}

/** Rows beyond the edges of what is seen, so that a quick scroll shows no gap. */
const SPARE = 10;

/** Where a row begins; that of `count` is the end of all. */
export const placeOf = (rows: Rows, index: number): number =>
  index * rows.height + (rows.open >= 0 && index > rows.open ? rows.detail : 0);

/** The row at `y`, or the detail of which is there. */
export function rowAt(rows: Rows, y: number): number {
  const { count, height, open, detail } = rows;
  const plain = Math.floor(y / height);
  const index = open < 0 || plain <= open ? plain : Math.max(open, Math.floor((y - detail) / height));
  return Math.min(count - 1, Math.max(0, index));
}

/** The rows to draw where `top` to `bottom` is seen, and those of `also` wherever they are; in order. */
export function drawn(rows: Rows, top: number, bottom: number, also: number[]): number[] {
  const from = Math.max(0, rowAt(rows, top) - SPARE);
  const to = Math.min(rows.count - 1, rowAt(rows, bottom) + SPARE);
  const seen = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const others = also.filter((index) => index >= 0 && (index < from || index > to));
  return [...new Set([...seen, ...others])].sort((a, b) => a - b);
}
