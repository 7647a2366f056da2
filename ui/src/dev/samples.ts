import type { CheckView, ExchangeView, QueryView, SessionView } from "../ipc/generated";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** RFC 7636 appendix B. */
export const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
export const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

function check(title: string, part: Partial<CheckView>): CheckView {
  return {
    name: title.toLowerCase(),
    title,
    outcome: "passed",
    code: null,
    expected: "",
    got: "",
    why: "Without it the token could be somebody else's.",
    section: "",
    hint: null,
    ...part,
  };
}

export const checks: CheckView[] = [
  check("Signature", {
    expected: "RS256 by a key of the JWKS",
    got: "RS256 · kid oSmkvFhjUcbkB824kzN_ZA · JWKS",
    section: "OIDC Core 3.1.3.7 (6)",
  }),
  check("Issuer", {
    expected: "http://127.0.0.1:5001",
    got: "http://127.0.0.1:5001",
    section: "OIDC Core 3.1.3.7 (2)",
  }),
  check("Audience", {
    expected: "contains test-18fbd892-3b73-43c3-a854-c6f78c681349",
    got: "test-18fbd892-3b73-43c3-a854-c6f78c681349",
    section: "OIDC Core 3.1.3.7 (3)",
  }),
  check("Expiry", {
    expected: "later than now",
    got: "4:32 left · skew 0.2 s",
    section: "OIDC Core 3.1.3.7 (9)",
  }),
  check("Nonce", {
    expected: "the nonce sent",
    got: "equals the nonce sent",
    section: "OIDC Core 3.1.3.7 (11)",
  }),
  check("at_hash", {
    expected: "left half of SHA-256(access_token)",
    got: "jpUUphyUkZCwbQsYhns6aw",
    section: "OIDC Core 3.1.3.6",
  }),
  check("s_hash", {
    expected: "left half of SHA-256(state)",
    got: "mKjtqM_6MktQ59yc8WKM3Q",
    section: "FAPI 5.2.2",
  }),
  check("azp", {
    outcome: "skipped",
    why: "There is a single audience, so no authorized party is needed.",
    section: "OIDC Core 3.1.3.7 (4)",
  }),
];

/** A session whose access token has `left` ms of its 15 minutes. */
export function session(id: string, label: string, slug: string, left = 14.5 * MINUTE): SessionView {
  const now = Date.now();
  const issuedAt = now + left - 15 * MINUTE;
  const claim = (name: string, value: string, meaning: string, time: number | null = null) => ({
    name,
    value,
    meaning,
    time,
  });
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  return {
    id,
    label,
    connection: slug,
    connectionName: slug === "sandbox" ? "Sandbox" : "Stitch",
    environment: slug === "sandbox" ? "local" : "test",
    kind: "user",
    createdAt: issuedAt,
    clockAheadMs: null,
    clockOffMs: null,
    persisted: true,
    access: {
      issuedAt,
      expiresAt: issuedAt + 15 * MINUTE,
      expirySource: "reply",
      format: "opaque",
      tokenType: "Bearer",
      masked: "nXPh…6kK4",
    },
    idToken: {
      issuedAt,
      expiresAt: issuedAt + 5 * MINUTE,
      alg: "RS256",
      verified: true,
      checkedAt: issuedAt,
      claims: [
        claim(
          "sub",
          "user/f5cc94ee-e951-40d3-a31e-794659806230/fnb/97ccc5fd-cb95-465b-a4dc-76139633b07b",
          "Subject: bank fnb, user 97ccc5fd",
        ),
        claim("iss", "http://127.0.0.1:5001", "Issuer"),
        claim("aud", "test-18fbd892-3b73-43c3-a854-c6f78c681349", "Audience: this client"),
        claim("iat", seconds(issuedAt), "Issued", issuedAt),
        claim("exp", seconds(issuedAt + 5 * MINUTE), "Expires", issuedAt + 5 * MINUTE),
        claim("nonce", "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4", "Replay protection"),
        claim("at_hash", "jpUUphyUkZCwbQsYhns6aw", "Binds the access token"),
        claim("s_hash", "mKjtqM_6MktQ59yc8WKM3Q", "Binds state"),
        claim("amr", '["pwd"]', "Signed in by password"),
        claim("idp", "local", "Identity provider"),
        claim("auth_time", seconds(issuedAt - 14_000), "Signed in", issuedAt - 14_000),
      ],
      headerJson: '{\n  "alg": "RS256",\n  "kid": "oSmkvFhjUcbkB824kzN_ZA",\n  "typ": "JWT"\n}',
      payloadJson: '{\n  "sub": "user/f5cc94ee/fnb/97ccc5fd"\n}',
      checks,
    },
    refresh: {
      issuedAt,
      expiresAt: issuedAt + 365 * DAY,
      expirySource: "preset",
      slidingDays: 365,
      singleUse: true,
      generation: 1,
      state: "ready",
      consequence:
        "The bank may notify the user or ask for a second factor: a refresh opens a new banking session.",
    },
    scopesGranted: ["openid", "accounts", "balances", "offline_access"],
    scopesRequested: ["openid", "accounts", "balances", "transactions", "offline_access"],
    extra: [],
    warnings: [],
    unverified: false,
    history: [],
    abilities: {
      userinfo: true,
      introspection: true,
      revocation: true,
      endSession: true,
      publicClient: false,
    },
  };
}

/** The client's own token: no user, no id_token, no refresh. */
export function clientSession(id: string, slug: string, left = 33 * MINUTE): SessionView {
  const whole = session(id, "Client token", slug, left);
  const issuedAt = Date.now() + left - 60 * MINUTE;
  return {
    ...whole,
    kind: "client",
    createdAt: issuedAt,
    access: whole.access && { ...whole.access, issuedAt, expiresAt: issuedAt + 60 * MINUTE },
    idToken: null,
    refresh: null,
    scopesGranted: ["client_paymentrequest"],
    scopesRequested: ["client_paymentrequest"],
    abilities: { ...whole.abilities, userinfo: false, endSession: false, publicClient: false },
  };
}

export function query(folder: string, name: string, document: string, variables = ""): QueryView {
  const slug = name
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .replace(/\W+/g, "-")
    .toLowerCase();
  const path = folder ? `${folder}/${slug}` : slug;
  return { path, name, folder, file: `queries/${path}.graphql`, document, variables, draft: null };
}

export const queries = (): QueryView[] => [
  query(
    "accounts",
    "ListBankAccounts",
    "query ListBankAccounts {\n  user {\n    __typename\n    ... on User {\n      id\n      bankAccounts {\n        name\n        accountNumber\n      }\n    }\n  }\n}\n",
  ),
  query(
    "accounts",
    "AccountBalances",
    "query AccountBalances($first: UInt) {\n  user {\n    __typename\n    ... on User {\n      id\n      bankAccounts {\n        name\n        accountNumber\n        currentBalance\n        transactions(first: $first) {\n          edges {\n            node { amount reference date }\n          }\n        }\n      }\n    }\n  }\n}\n",
    '{ "first": 3 }',
  ),
  query(
    "accounts",
    "Transactions by account",
    "query A { user { __typename } }\n\nquery B { banks { id } }\n",
  ),
  query("payments", "CreatePaymentRequest", 'mutation CreatePaymentRequest { x(y: "z") { id } }\n'),
];

export function exchanges(now: number): ExchangeView[] {
  const at = now - 60_000;
  return [
    {
      summary: {
        id: "e1",
        at,
        method: "OPEN",
        target: "/connect/authorize?client_id=test-18fb…&code_challenge=FVF6…",
        connection: "sandbox",
        status: 302,
        outcome: "ok",
        durationMs: 9800,
      },
      url: "http://127.0.0.1:5001/connect/authorize",
      sections: [
        {
          part: "query",
          title: "Query parameters",
          text: null,
          fields: [
            {
              name: "client_id",
              value: "test-18fbd892-3b73-43c3-a854-c6f78c681349",
              secret: false,
              note: null,
            },
            {
              name: "code_challenge",
              value: "FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw",
              secret: false,
              note: "S256 of the verifier",
            },
            { name: "state", value: "••••••", secret: true, note: null },
          ],
        },
      ],
      failure: null,
    },
    {
      summary: {
        id: "e2",
        at: at + 9850,
        method: "LINK",
        target: "dev.bobbin.workbench:/oauth/callback?code=••••&state=J_Ug…",
        connection: "sandbox",
        status: null,
        outcome: "ok",
        durationMs: null,
      },
      url: "dev.bobbin.workbench:/oauth/callback",
      sections: [
        {
          part: "query",
          title: "Query parameters",
          text: null,
          fields: [
            { name: "code", value: "••••••", secret: true, note: "single use" },
            {
              name: "state",
              value: "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA",
              secret: false,
              note: "matches the original",
            },
          ],
        },
      ],
      failure: null,
    },
    {
      summary: {
        id: "e3",
        at: at + 9900,
        method: "POST",
        target: "/connect/token authorization_code",
        connection: "sandbox",
        status: 200,
        outcome: "ok",
        durationMs: 38,
      },
      url: "http://127.0.0.1:5001/connect/token",
      sections: [
        {
          part: "request_headers",
          title: "Request headers",
          text: null,
          fields: [
            { name: "content-type", value: "application/x-www-form-urlencoded", secret: false, note: null },
          ],
        },
        {
          part: "request_body",
          title: "Form",
          text: null,
          fields: [
            { name: "grant_type", value: "authorization_code", secret: false, note: null },
            { name: "code", value: "••••••", secret: true, note: null },
            {
              name: "code_verifier",
              value: "••••••",
              secret: true,
              note: "BASE64URL(SHA-256(code_verifier)) = code_challenge = FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw",
            },
          ],
        },
        {
          part: "response_body",
          title: "Response body",
          fields: [],
          text: '{\n  "access_token": "••••••",\n  "expires_in": 900,\n  "token_type": "Bearer"\n}',
        },
      ],
      failure: null,
    },
    {
      summary: {
        id: "e4",
        at: at + 39_000,
        method: "POST",
        target: "/graphql AccountBalances",
        connection: "sandbox",
        status: 200,
        outcome: "partial",
        durationMs: 142,
      },
      url: "http://127.0.0.1:5001/graphql",
      sections: [
        {
          part: "request_headers",
          title: "Request headers",
          text: null,
          fields: [{ name: "authorization", value: "Bearer ••••••", secret: true, note: null }],
        },
      ],
      failure: null,
    },
  ];
}
