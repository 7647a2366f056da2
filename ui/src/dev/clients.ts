import type {
  Asked,
  AuthenticationMethod,
  ConnectionView,
  NamedValue,
  RedirectCheck,
} from "../ipc/generated";
import { refusal, type Application } from "./application";
import { judged, key } from "./connections";
import { clientSession, session } from "./samples";

type Slug = { slug: string };

const loopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\//;

/** The commands about clients, their keys and what they are given without a browser. */
export const clientCommands = {
  client_secret_set(app: Application, { slug, secret }: Slug & { secret: string | null }) {
    const view = app.connection({ slug });
    view.authentication.secretPresent = secret !== null;
    return judged(view);
  },

  client_key_import(app: Application, { slug, text, passphrase }: Slug & KeyText): ConnectionView {
    if (!text.includes("PRIVATE KEY")) {
      throw refusal(
        "key_certificate_alone",
        "There is a certificate here, but no private key.",
        "Choose the file that holds the private key too.",
      );
    }
    if (text.includes("ENCRYPTED") && passphrase !== "open sesame") {
      throw passphrase === null
        ? refusal("key_passphrase_missing", "This key is encrypted.", "Type its passphrase.")
        : refusal("key_passphrase_wrong", "This passphrase does not open the key.", "Type it again.");
    }
    const view = app.connection({ slug });
    Object.assign(view.authentication, {
      key: key(),
      algorithms: ["RS256", "PS256"],
      algorithm: "RS256",
      kid: key().kid,
    });
    return judged(view);
  },

  client_key_remove(app: Application, { slug }: Slug) {
    const view = app.connection({ slug });
    Object.assign(view.authentication, { key: null, algorithms: [], algorithm: "", kid: "" });
    return judged(view);
  },

  client_key_restore: (app: Application, { slug }: Slug): ConnectionView =>
    clientCommands.client_key_import(app, { slug, text: "PRIVATE KEY", passphrase: null }),

  assertion_preview(app: Application, { slug }: Slug) {
    const { authentication, clientId, endpoints } = app.connection({ slug });
    const kind = authentication.audience === "issuer" ? "issuer" : "token";
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: endpoints.find((one) => one.kind === kind)?.url,
      jti: "5f2c1c0e-8f0f-4a52-9d0c-9f5f3a3c1b7e",
      iat: now,
      exp: now + 60,
    };
    const header = { alg: authentication.algorithm, kid: authentication.kid, typ: "JWT" };
    return { headerJson: JSON.stringify(header, null, 2), claimsJson: JSON.stringify(claims, null, 2) };
  },

  discover(app: Application, { slug }: Slug) {
    const view = app.connection({ slug });
    const issuer = view.endpoints.find(({ kind }) => kind === "issuer")?.url ?? "";
    const url = `${issuer}/.well-known/openid-configuration`;
    if (!issuer.startsWith("https://") && !loopback.test(`${issuer}/`)) {
      const message = "An issuer is reached by https, except on this computer.";
      view.discovery = { state: "failed", url, message, hint: "Write the issuer with https://." };
      throw refusal("issuer_insecure", message, "Write the issuer with https://.");
    }
    view.discovery = { state: "fetched", at: Date.now(), url };
    view.scopesSupported = ["address", "phone", "api:read", "api:write"];
    for (const endpoint of view.endpoints) {
      if (endpoint.source === "none" && endpoint.kind !== "graphql")
        Object.assign(endpoint, { url: `${issuer}/${endpoint.kind}`, source: "discovery" });
    }
    return judged(view);
  },

  discover_cancel() {},

  credentials_import(app: Application, { slug, text }: Slug & { text: string }) {
    let fields: Record<string, unknown>;
    try {
      fields = JSON.parse(text) as Record<string, unknown>;
    } catch {
      throw refusal(
        "credentials_malformed",
        "This is no JSON: it ends at line 1, column 3.",
        "Paste the whole file, from its first { to its last }.",
      );
    }
    const view = app.connection({ slug });
    const used: NamedValue[] = [];
    const ignored: NamedValue[] = [];
    for (const [name, value] of Object.entries(fields)) {
      if (name === "clientId") {
        view.clientId = String(value);
        used.push({ name, value: "Client ID" });
      } else if (name === "clientSecret") {
        view.authentication.secretPresent = true;
        used.push({ name, value: "Client secret" });
      } else ignored.push({ name, value: "Not known to Bobbin." });
    }
    judged(view);
    return { used, ignored };
  },

  redirect_doctor(app: Application, { slug }: Slug): RedirectCheck[] {
    const { redirectMethod, redirectUri, registration } = app.connection({ slug });
    const check = (part: Partial<RedirectCheck>): RedirectCheck => ({
      title: "",
      outcome: "passed",
      message: "",
      hint: null,
      repairable: false,
      ...part,
    });
    const scheme = redirectUri.split(":")[0];
    const port = /:(\d+)\//.exec(redirectUri)?.[1];
    const way = {
      app_link: check(
        registration.state === "not_registered"
          ? {
              title: `${scheme} links open Bobbin`,
              outcome: "failed",
              message: registration.detail,
              hint: registration.hint,
              repairable: registration.repairable,
            }
          : { title: `${scheme} links open Bobbin`, message: "This computer opens them with this Bobbin." },
      ),
      loopback: check({
        title: port ? `Port ${port} is free` : "A free port is taken at each sign-in",
        message: `Bobbin can listen at ${redirectUri}.`,
      }),
      paste: null,
    }[redirectMethod];
    const register = check({
      title: "Register with the client",
      message: `${redirectUri}, character by character.`,
    });
    return way ? [way, register] : [register];
  },

  redirect_repair(app: Application, { slug }: Slug) {
    app.connection({ slug }).registration = { state: "registered" };
    return clientCommands.redirect_doctor(app, { slug });
  },

  client_doctor(app: Application, { slug, error, asked }: Slug & { error: string; asked: Asked }) {
    if (!error.startsWith("token_invalid_") && error !== "authorization_declined") return [];
    const order = { error: 0, warning: 1, passed: 2 };
    const others = asked === "client_token" ? ["scopes", "redirectUri"] : ["clientScopes", "redirectUri"];
    const all = app.connection({ slug }).findings.filter(({ field }) => !others.includes(field));
    return [...all].sort((a, b) => order[a.level] - order[b.level]);
  },

  client_token(app: Application, { connection, fresh }: { connection: string; fresh: boolean }) {
    const view = app.connection({ slug: connection });
    const kept = app.sessions.find(({ id }) => id === view.clientTokens?.session);
    if (kept && !fresh && (kept.access?.expiresAt ?? 0) > Date.now()) return kept;
    const made = clientSession(kept?.id ?? `client-${connection}`, connection, 60 * 60_000);
    made.connectionName = view.name;
    app.sessions = [...app.sessions.filter(({ id }) => id !== made.id), made];
    if (view.clientTokens) view.clientTokens.session = made.id;
    void app.changed({ what: "overview" });
    void app.changed({ what: "session", id: made.id });
    void app.changed({ what: "connection", slug: connection });
    return made;
  },

  session_from_reply(app: Application, { connection, text }: { connection: string; text: string }) {
    if (!text.includes("access_token")) {
      throw refusal(
        "token_reply_malformed",
        "This reply has no access_token.",
        "Paste the whole JSON object that the token endpoint answered with, braces included.",
      );
    }
    const made = session(`pasted-${app.sessions.length}`, "Pasted tokens", connection, 60 * 60_000);
    Object.assign(made, {
      kind: "manual",
      connectionName: app.connection({ slug: connection }).name,
      idToken: null,
      refresh: null,
      abilities: {
        userinfo: false,
        introspection: false,
        revocation: false,
        endSession: false,
        publicClient: false,
      },
      extra: [{ name: "user_id", value: "8412" }],
      warnings: [],
      unverified: false,
    });
    app.sessions.push(made);
    void app.changed({ what: "overview" });
    return made;
  },

  session_from_refresh_token(app: Application, { connection, token }: { connection: string; token: string }) {
    if (token.trim().startsWith("{")) {
      throw refusal(
        "refresh_token_is_json",
        "This is a JSON object, not a refresh token.",
        "Paste the value of its member refresh_token, without the quotes.",
      );
    }
    const made = session(`by-hand-${app.sessions.length}`, "User tokens", connection, 24 * 60 * 60_000);
    Object.assign(made, {
      connectionName: app.connection({ slug: connection }).name,
      idToken: null,
      scopesGranted: [],
      scopesRequested: [],
      abilities: {
        userinfo: false,
        introspection: false,
        revocation: false,
        endSession: false,
        publicClient: false,
      },
      extra: [{ name: "user_id", value: "8412" }],
      warnings: [],
      unverified: false,
    });
    if (made.access) made.access.expiresAt = made.access.issuedAt + 24 * 60 * 60_000;
    app.sessions.push(made);
    void app.changed({ what: "overview" });
    return made;
  },
};

interface KeyText {
  text: string;
  passphrase: string | null;
}

/** What a save writes of the client, as `connection_save` takes it. */
export function writeClient(
  view: ConnectionView,
  draft: {
    authenticationMethod: AuthenticationMethod;
    algorithm: string;
    kid: string;
    audience: ConnectionView["authentication"]["audience"];
    clientScopes: string[];
    clientAudience: string | null;
  },
): void {
  const { authentication, clientTokens } = view;
  Object.assign(authentication, {
    method: draft.authenticationMethod,
    algorithm: draft.algorithm || (authentication.algorithms[0] ?? ""),
    kid: draft.kid || (authentication.key?.kid ?? ""),
    audience: draft.audience,
  });
  if (clientTokens)
    Object.assign(clientTokens, {
      scopes: draft.clientScopes,
      audience: draft.clientAudience ?? clientTokens.defaultAudience,
    });
}
