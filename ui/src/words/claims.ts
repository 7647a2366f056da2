import type { ClaimView } from "../ipc/generated";
import { moment } from "./moment";
import { ago } from "./spans";
import { countdown } from "./time";

/** Who, from whom, for whom and until when; then what binds the token; then how the person signed in. */
const FIRST = [
  ...["sub", "iss", "aud", "iat", "exp"],
  ...["nonce", "at_hash", "s_hash"],
  ...["amr", "idp", "auth_time"],
];

/** Those that matter first, the others after them as they stand in the token. */
export function inOrder(claims: ClaimView[]): ClaimView[] {
  const rank = ({ name }: ClaimView) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return [...claims].sort((a, b) => rank(a) - rank(b));
}

const SINCE = "Valid since";

/** What is said of a time once it is past: the words came when the token was read, and time goes on. */
const passed: Record<string, string> = {
  exp: "Expired",
  nbf: SINCE,
  // Of a certificate.
  notAfter: "Expired",
  notBefore: SINCE,
};

/** What the claim says; a time also says how long ago or how long still. */
export function meaning({ name, meaning, time }: ClaimView, now: number): string {
  if (time === null) return meaning;
  const left = time - now;
  const verb = (left <= 0 && passed[name]) || meaning;
  const relative = left > 0 ? `in ${countdown(left)}` : ago(-left);
  const since = verb === SINCE ? relative.replace(/ ago$/, "") : relative;
  return `${verb} ${since} · ${moment(time, true)}`;
}

/** Long values lose their middle: such ids differ at the end. */
const TAIL = 14;
const LONG = 24;

/** The beginning, which may be clipped, and the end, which stays; null for a value that fits anyway. */
export function ends(value: string): { head: string; tail: string } | null {
  return value.length <= LONG ? null : { head: value.slice(0, -TAIL), tail: value.slice(-TAIL) };
}
