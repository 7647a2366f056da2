/** A query's name as GraphQL can have it, in PascalCase: `Refund status` becomes `RefundStatus`. */
export function operationName(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "");
  const words = letters.match(/[A-Za-z0-9_]+/g) ?? ["New"];
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^\d/.test(joined) ? `_${joined}` : joined;
}
