import { Application, type Scenario } from "./application";
import { session } from "./samples";

/**
 * Stands in for Rust in the dev server. The address says what is to be seen:
 * `?sessions=fresh,amber,red,expired&signIn=wait&answer=partial&keyStore=locked`.
 */
const given = new URLSearchParams(location.search);
const left: Record<string, number> = { fresh: 872_000, amber: 150_000, red: 24_000, expired: -190_000 };
const names = ["Thandi Nkosi", "Lerato Dube", "Refunds demo", "Payments bot"];

const sessions = (given.get("sessions") ?? "")
  .split(",")
  .filter(Boolean)
  .map((kind, index) =>
    session(`s-${kind}`, names[index] ?? kind, index < 2 ? "sandbox" : "stitch-test", left[kind] ?? 872_000),
  );

const scenario: Scenario = {
  sessions,
  latency: Number(given.get("latency") ?? 5),
  ...(given.has("signIn") ? { signIn: given.get("signIn") as NonNullable<Scenario["signIn"]> } : {}),
  ...(given.has("failure") ? { failure: given.get("failure") ?? "" } : {}),
  ...(given.has("answer") ? { answer: given.get("answer") ?? "" } : {}),
  ...(given.has("keyStore") ? { keyStore: given.get("keyStore") as NonNullable<Scenario["keyStore"]> } : {}),
};

const application = new Application(scenario).install();
Object.assign(window, { application });

// The application freezes it too: what does not bear that must fail here already.
Object.freeze(Object.prototype);
