import type { RequestView } from "../ipc/generated";

const HOUR = 3_600_000;

/** A request that waits, as a sign-in begins with one. */
export function made(id: string, connection: string, part: Partial<RequestView>): RequestView {
  return {
    id,
    connection,
    connectionName: connection === "sandbox" ? "Sandbox" : "Stitch",
    state: "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA",
    codeChallenge: "FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw",
    userLabel: "",
    redirectUri: "dev.bobbin.workbench:/oauth/callback",
    scopes: ["openid", "accounts", "balances"],
    startedAt: Date.now(),
    endedAt: null,
    outcome: "waiting",
    detail: null,
    session: null,
    ...part,
  };
}

/** A list as support staff have it after a day's work. */
export function requests(): RequestView[] {
  const now = Date.now();
  const at = (hours: number) => ({
    startedAt: now - hours * HOUR,
    endedAt: now - hours * HOUR + 42_000,
  });
  return [
    made("r1", "sandbox", {
      ...at(0.4),
      state: "Qm7xk0aT4Vb2nZtPp5WcYh9uLr3sJd6eGf1oXiC8vBw",
      userLabel: "Thandi Nkosi",
      outcome: "succeeded",
      session: "s-fresh",
    }),
    made("r2", "stitch-test", {
      ...at(2),
      state: "b83LxVn0pQyR5tEw2KsUj7mHc9dZa4gFf6oIiX1qCvM",
      userLabel: "customer 4411",
      outcome: "failed",
      detail: "The provider does not accept this client: invalid_client.",
      redirectUri: "https://localhost:9000/return",
    }),
    made("r3", "stitch-test", {
      ...at(5),
      state: "Zk4mWq8sNd1vTf6yHb3xJc9pLr0gUa5eOi7wXtC2uBE",
      outcome: "cancelled",
    }),
    made("r4", "sandbox", {
      ...at(26),
      state: "u5RtYw8eQa1sDf4gHj7kLz0xCv3bNm6pOi9UyTr2EwQ",
      userLabel: "Lerato Dube",
      outcome: "expired",
      detail: "The browser did not come back in time.",
    }),
  ];
}
