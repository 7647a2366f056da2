import type { FaultView } from "../ipc/generated";
import type { Application } from "./application";

const fault = (id: string, group: string, title: string, see: string): FaultView => ({
  id,
  group,
  title,
  see,
  active: false,
});

/** A part of the sandbox's menu, with two that spoil the same. */
export const faults = (): FaultView[] => [
  fault(
    "id-token-iss-wrong",
    "id_token",
    "iss is another provider",
    "The sign-in is refused: iss is not the issuer that was asked.",
  ),
  fault(
    "id-token-iss-missing",
    "id_token",
    "iss is missing",
    "The sign-in is refused: the id_token does not say who issued it.",
  ),
  fault(
    "id-token-nonce-wrong",
    "id_token",
    "nonce is another one",
    "The sign-in is refused: the id_token is not an answer to this request.",
  ),
  fault(
    "id-token-expired",
    "id_token",
    "it has expired",
    "The sign-in is refused: the id_token expired before it came.",
  ),
  fault(
    "id-token-alg-none",
    "id_token",
    "alg is none",
    "The sign-in is refused: an unsigned token proves nothing.",
  ),
  fault(
    "keys-rotated",
    "keys",
    "the key was replaced, the old one is gone",
    "The keys are fetched once more, then the sign-in succeeds.",
  ),
  fault(
    "keys-html",
    "keys",
    "HTML instead of the key set",
    "The keys cannot be read; ones that were read before stay in use.",
  ),
  fault(
    "token-html",
    "token",
    "HTML instead of JSON",
    "The reply is not JSON; a masked excerpt shows what came.",
  ),
  fault(
    "token-429",
    "token",
    "429 with Retry-After: 2, once",
    "It is tried again after two seconds, with a new client assertion, and succeeds.",
  ),
  fault(
    "token-slow",
    "token",
    "an answer after 35 seconds",
    "It is given up after 30 seconds, and the outcome is unknown.",
  ),
  fault(
    "callback-state-wrong",
    "callback",
    "state of no request",
    "A quiet notice; the sign-in stays pending, and no token is asked for.",
  ),
  fault(
    "cancel-state-only",
    "callback",
    "cancelled: only the state comes back",
    "The sign-in is shown as cancelled.",
  ),
  fault(
    "userinfo-sub-other",
    "userinfo",
    "sub is another person",
    "The answer is refused: sub is not that of the id_token.",
  ),
  fault(
    "discovery-html",
    "discovery",
    "HTML instead of JSON",
    "The document cannot be read; the connection says what came instead.",
  ),
];

/** The two of iss spoil the same, so the later one stays. */
const spoils = (id: string) => (id.startsWith("id-token-iss") ? "iss" : id);

export const faultCommands = {
  sandbox_faults: (app: Application) => app.faults,

  sandbox_faults_set(app: Application, { ids }: { ids: string[] }) {
    const last = new Map(ids.map((id) => [spoils(id), id]));
    app.faults = app.faults.map((one) => ({ ...one, active: last.get(spoils(one.id)) === one.id }));
    void app.changed({ what: "overview" });
    return app.faults;
  },
};
