import type { ErrorView, SignInView, Step, StepStatus } from "../ipc/generated";
import type { Application } from "./application";
import { made } from "./requests";
import { checks, session } from "./samples";

export interface MadeUpSignIn {
  view: SignInView;
  succeed(): SignInView;
  fail(): SignInView;
  /** The end user cancels in the browser. */
  decline(): SignInView;
  cancel(): SignInView;
}

const details: Record<Step, [string, string]> = {
  prepare: ["", "state, nonce and verifier: 32 random bytes each"],
  consent: ["Opened in your browser.", "The browser came back."],
  callback: ["state must match · code is single-use", "state matches"],
  exchange: ["POST to the token endpoint · code_verifier", "200 in 38 ms"],
  verify: ["signature, iss, aud, exp, nonce, at_hash, s_hash", "7 passed · 1 skipped"],
};
const order = Object.keys(details) as Step[];

/** How a sign-in can fail, by the code. */
const failures: Record<string, ErrorView> = {
  access_denied: {
    code: "access_denied",
    message: "The sign-in was refused in the browser.",
    hint: "Sign in again and consent to the scopes that you need.",
    detail: "error=access_denied\nerror_description=The user cancelled",
  },
  token_invalid_client: {
    code: "token_invalid_client",
    message: "The provider does not accept this client: invalid_client.",
    hint: "Compare the client's id and its authentication with its registration.",
    detail: "401\nerror=invalid_client",
  },
};

/** A sign-in that goes the scenario's way. */
export function begin(application: Application, slug: string, userLabel: string): MadeUpSignIn {
  const { redirectMethod, redirectUri, scopes } = application.connection({ slug });
  const now = Date.now();
  const id = `sign-in-${application.signIns.length + 1}`;
  const state = `J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGap${application.signIns.length + 1}wA`;
  const view: SignInView = {
    id,
    connection: slug,
    state: "waiting",
    startedAt: now,
    expiresAt: now + 600_000,
    steps: order.map((step) => ({
      step,
      status: "todo",
      detail: details[step][0],
      startedAt: null,
      durationMs: null,
    })),
    codeChallenge: "FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw",
    redirectUri,
    redirectMethod,
    redirectMethods: [...new Set([redirectMethod, "paste" as const])],
    userLabel,
    session: null,
    failure: null,
    checks: [],
    scopesMissing: [],
  };
  const set = (step: Step, status: StepStatus, durationMs: number | null, detail?: string) => {
    const one = view.steps.find((other) => other.step === step);
    if (one)
      Object.assign(one, {
        status,
        durationMs,
        startedAt: one.startedAt ?? Date.now(),
        detail: detail ?? details[step][1],
      });
  };
  const request = made(id, slug, { state, userLabel, redirectUri, scopes, startedAt: now });
  application.authorizationRequests.unshift(request);
  const end = (state: "done" | "failed" | "cancelled") => {
    view.state = state;
    Object.assign(request, {
      outcome: state === "done" ? "succeeded" : state,
      endedAt: Date.now(),
      session: view.session,
      detail: view.failure?.message ?? null,
    });
    void application.changed({ what: "sign_in", id });
    return view;
  };
  set("prepare", "done", 1);
  set("consent", "active", null, details.consent[0]);

  const run: MadeUpSignIn = {
    view,
    succeed() {
      for (const step of order) set(step, "done", step === "consent" ? Date.now() - now : 12);
      const mine = session(`session-${application.sessions.length + 1}`, "Thandi Nkosi", slug, 15 * 60_000);
      application.sessions.push(mine);
      view.session = mine.id;
      view.checks = checks;
      view.scopesMissing = ["transactions"];
      void application.changed({ what: "overview" });
      return end("done");
    },
    fail() {
      set("consent", "done", 4200);
      set("callback", "failed", 2, "error=access_denied");
      view.failure = failures[application.scenario.failure ?? "access_denied"] ?? null;
      return end("failed");
    },
    decline() {
      set("consent", "done", 4200);
      set("callback", "failed", 2, "error=access_denied");
      return end("cancelled");
    },
    cancel() {
      set("consent", "failed", Date.now() - now, "You cancelled.");
      return end("cancelled");
    },
  };
  const way = application.scenario.signIn ?? "done";
  if (way === "done") setTimeout(() => view.state === "waiting" && run.succeed(), 2500);
  if (way === "failed") setTimeout(() => view.state === "waiting" && run.fail(), 600);
  return run;
}
