import type { SessionSecret } from "../ipc/generated";
import { found, refusal, type Application } from "./application";
import { session } from "./samples";

type Id = { id: string };

const claim = (name: string, value: string, meaning: string, time: number | null = null) => ({
  name,
  value,
  meaning,
  time,
});

/** What can be asked about a session, and the list of the requests that sessions come from. */
export const sessionCommands = {
  session_refresh(app: Application, { id, scopes }: Id & { scopes: string[] | null }) {
    const old = app.session({ id });
    const fresh = session(id, old.label, old.connection, 15 * 60_000);
    const spent = old.refresh?.generation ?? 1;
    if (fresh.refresh) fresh.refresh.generation = spent + 1;
    Object.assign(fresh, {
      kind: old.kind,
      abilities: old.abilities,
      scopesGranted: scopes ?? old.scopesGranted,
      scopesRequested: scopes ?? old.scopesRequested,
      history: [...old.history, { at: Date.now(), generation: spent, ok: true, detail: "" }],
    });
    app.sessions = app.sessions.map((one) => (one.id === id ? fresh : one));
    void app.changed({ what: "overview" });
    return fresh;
  },

  session_userinfo() {
    return {
      at: Date.now(),
      claims: [
        claim("sub", "user/f5cc94ee-e951-40d3-a31e-794659806230", "Subject: the same as the id_token's"),
        claim("name", "Thandi Nkosi", "Full name"),
        claim("email", "thandi@example.com", "E-mail address"),
      ],
    };
  },

  session_introspect(app: Application, { id, secret }: Id & { secret: SessionSecret }) {
    const expiresAt = app.session({ id }).access?.expiresAt ?? Date.now();
    const exp = String(Math.floor(expiresAt / 1000));
    return {
      active: secret === "refresh_token" || expiresAt > Date.now(),
      at: Date.now(),
      claims: [
        claim("client_id", "test-18fbd892", "Client: this one"),
        claim("exp", exp, "Expires", expiresAt),
      ],
    };
  },

  session_sign_out: () => null,

  requests: (app: Application) => app.authorizationRequests,

  request_find(app: Application, { text }: { text: string }) {
    const state = /[?&]state=([^&]+)/.exec(text)?.[1] ?? text.trim();
    if (/\s/.test(state)) throw refusal("request_search_unusable", "A state has no white space in it.");
    const request = app.authorizationRequests.find((one) => one.state === state) ?? null;
    return {
      state,
      request,
      message: request
        ? `This belongs to a sign-in with ${request.connectionName}.`
        : "No sign-in that was started here has this state. It was started elsewhere, cleared from this list, or the state was changed on its way.",
    };
  },

  request_label(app: Application, { id, label }: Id & { label: string }) {
    return Object.assign(found(app.authorizationRequests.find((one) => one.id === id)), {
      userLabel: label.trim(),
    });
  },

  requests_clear(app: Application) {
    const waiting = app.authorizationRequests.filter(({ outcome }) => outcome === "waiting");
    const cleared = app.authorizationRequests.length - waiting.length;
    app.authorizationRequests = waiting;
    return cleared;
  },
};
