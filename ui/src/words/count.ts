/** `2,000`: in groups of three. */
export const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** `1 error`, `3 errors`. */
export const count = (n: number, noun: string) => `${grouped(n)} ${noun}${n === 1 ? "" : "s"}`;

/** `812 B`, `12.4 kB`, `5.2 MB`, in powers of ten. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
