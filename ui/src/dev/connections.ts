import type {
  AuthenticationMethod,
  ConnectionView,
  EndpointKind,
  FindingView,
  KeyView,
  PresetView,
  ScopeView,
} from "../ipc/generated";

const DAY = 86_400_000;

export const presets: PresetView[] = [
  {
    id: "stitch-test",
    name: "Stitch",
    environment: "test",
    summary: "Stitch with a test client: simulated banks and payments",
  },
  {
    id: "stitch-live",
    name: "Stitch",
    environment: "live",
    summary: "Stitch with a live client: real people, banks and money",
  },
  {
    id: "vault",
    name: "Vault",
    environment: "live",
    summary: "Vault's API, from a refresh token that you have",
  },
  {
    id: "openid",
    name: "OpenID provider",
    environment: "live",
    summary: "Any provider with OpenID Connect, by its issuer",
  },
  {
    id: "tokens",
    name: "Inspecting only",
    environment: "live",
    summary: "Tokens that you paste, to look into them and to run queries",
  },
  { id: "sandbox", name: "Sandbox", environment: "local", summary: "Stitch's rules, on this computer" },
];

const scope = (name: string, description: string, client = false): ScopeView => ({
  name,
  description,
  client,
});

const catalogue = [
  scope("openid", "Signs the user in and returns an id_token."),
  scope("accounts", "Reads the bank accounts that the user chose."),
  scope("balances", "Reads the balances of those accounts."),
  scope("transactions", "Reads their transactions."),
  scope("offline_access", "Returns a refresh token, which works once and slides for 365 days."),
  scope("accountholders", "Reads who holds the accounts: names, identity documents, contact details."),
  scope("bankstatements", "Fetches bank statements as documents."),
  scope("paymentinitiationrequest", "Asks the user to confirm a payment."),
  scope("client_paymentrequest", "Creates, views and manages payment requests.", true),
  scope("client_refund", "Refunds payments that were received.", true),
  scope("client_disbursement", "Pays out to bank accounts.", true),
];

const endpointNames: [EndpointKind, string, string][] = [
  ["issuer", "issuer", ""],
  ["authorization", "authorization_endpoint", "/connect/authorize"],
  ["token", "token_endpoint", "/connect/token"],
  ["jwks", "jwks_uri", "/.well-known/openid-configuration/jwks"],
  ["userinfo", "userinfo_endpoint", "/connect/userinfo"],
  ["revocation", "revocation_endpoint", "/connect/revocation"],
  ["end_session", "end_session_endpoint", "/connect/endsession"],
  ["introspection", "introspection_endpoint", "/connect/introspect"],
  ["graphql", "graphql_endpoint", "/graphql"],
];

export const deprecatedSecret =
  "Stitch's documentation of client tokens calls client secrets deprecated. Use private_key_jwt; for a user's sign-in a secret is still current.";

export const key = (): KeyView => ({
  kind: "RSA 2048",
  kid: "E306A98804A6E4",
  kidSource: "from the PEM's localKeyID",
  certificate: {
    subject: "CN=test-acme",
    issuer: "CN=Stitch Clients",
    notBefore: Date.now() - 30 * DAY,
    notAfter: Date.now() + 412 * DAY + 3_600_000,
    sha1: "E306A98804A6E4",
  },
  warning: null,
});

const clientIdHints: Record<string, string> = {
  sandbox:
    "The sandbox's own page lists the clients that it knows, with their secrets and keys: open its issuer's address in the browser.",
  "stitch-test": "Ids of test clients begin with test-.",
  openid: "The provider names it where the client is registered.",
  tokens: "Optional: the aud of a pasted id_token is compared with it.",
};

const methods: AuthenticationMethod[] = [
  "none",
  "client_secret_post",
  "client_secret_basic",
  "private_key_jwt",
];

/** Every check of a client, as the doctor makes them from what the form has. */
export function findings(view: Omit<ConnectionView, "findings" | "problems">): FindingView[] {
  const found = (code: string, field: string, ok: boolean, good: string, bad: string, warning = false) =>
    ({
      code,
      field,
      level: ok ? "passed" : warning ? "warning" : "error",
      message: ok ? good : bad,
      hint: ok ? null : "Correct it here; it is checked again at once.",
    }) satisfies FindingView;
  const { authentication: auth } = view;
  // Nothing is asked of a provider.
  if (view.startsWith === "tokens") return [];
  return [
    found("client_id_present", "clientId", !!view.clientId, "A client id is given.", "Give the client's id."),
    found(
      "scope_openid",
      "scopes",
      view.startsWith !== "sign_in" || view.scopes.includes("openid"),
      "openid is asked for.",
      "Without openid there is no id_token to verify.",
      true,
    ),
    found(
      "secret_present",
      "authentication",
      !auth.method.startsWith("client_secret") || auth.secretPresent,
      "The client proves itself with what it has.",
      "The client secret is missing.",
    ),
    found(
      "key_present",
      "key",
      auth.method !== "private_key_jwt" || auth.key !== null,
      "Nothing signs that should not.",
      "The private key is missing.",
    ),
    found(
      "redirect_uri",
      "redirectUri",
      /^\w[\w+.-]*:\//.test(view.redirectUri) || view.startsWith !== "sign_in",
      "The redirect URI is one.",
      "This is no URI.",
    ),
  ];
}

const problemsOf = (all: FindingView[]) =>
  all
    .filter(({ level }) => level !== "passed")
    .map(({ code, field, message, level }) => ({
      field,
      message,
      warning: level === "warning",
      missing: code.endsWith("_present"),
      noted: false,
    }));

/** Judges the connection again, as every answer of Rust does. */
export function judged<T extends ConnectionView>(view: T): T {
  view.findings = findings(view);
  view.problems = problemsOf(view.findings);
  if (view.clientTokens) {
    const { method } = view.authentication;
    view.clientTokens.deprecated = method.startsWith("client_secret") ? deprecatedSecret : null;
  }
  return view;
}

/** The connection of a slug such as `sandbox`, or one that was made from the preset in its slug. */
export function connection(slug: string, part: Partial<ConnectionView> = {}): ConnectionView {
  const preset = presets.find(({ id }) => slug.startsWith(id)) ?? presets[0];
  const { id = "stitch-test", name = "Stitch", environment = "test", summary = "" } = preset ?? {};
  const local = id === "sandbox";
  const startsWith = id === "vault" ? "refresh_token" : id === "tokens" ? "tokens" : "sign_in";
  const discovers = id === "openid";
  const base = local ? "http://127.0.0.1:5001" : "https://secure.stitch.money";
  const url = (kind: EndpointKind, path: string) => {
    if (id === "vault") return kind === "token" ? "https://api.vault.ist/v2.0/reference/gettoken" : null;
    return discovers || id === "tokens" ? null : base + path;
  };
  const signsIn = startsWith === "sign_in";
  return judged({
    slug,
    name,
    environment,
    preset: id,
    presetSummary: local
      ? "Stitch preset · secure.stitch.money rules, embedded server"
      : id === "stitch-test"
        ? "Stitch, test clients"
        : summary,
    revision: "1",
    file: `connections/${slug}.toml`,
    clientId: local ? "test-18fbd892-3b73-43c3-a854-c6f78c681349" : "",
    clientIdHint: clientIdHints[id] ?? null,
    scopes: !signsIn
      ? []
      : discovers
        ? ["openid", "profile"]
        : ["openid", "accounts", "balances", "transactions", "offline_access"],
    scopeCatalogue: discovers
      ? [
          scope("openid", "Says who signed in: an id_token comes with the access token."),
          scope("profile", "Reads the person's name, picture and similar claims."),
          scope("email", "Reads the person's e-mail address and whether it is verified."),
          scope("offline_access", "Gives a refresh token, so that access goes on without a new sign-in."),
        ]
      : catalogue,
    scopesSupported: [],
    scopeLimit: discovers ? null : 300,
    startsWith,
    authentication: {
      method: "none",
      methods: (signsIn ? methods : methods.slice(0, 1)).map((method) => ({
        method,
        deprecated: method.startsWith("client_secret") && !discovers ? deprecatedSecret : null,
      })),
      secretPresent: false,
      key: null,
      algorithm: "",
      algorithms: [],
      kid: "",
      audience: "token_endpoint",
    },
    clientTokens: signsIn
      ? {
          scopes: discovers ? [] : ["client_paymentrequest"],
          audience: discovers ? "" : `${base}/connect/token`,
          defaultAudience: discovers ? "" : `${base}/connect/token`,
          deprecated: null,
          session: null,
        }
      : null,
    refreshPolicy: "ask",
    refreshConsequence:
      startsWith === "tokens"
        ? null
        : "A refresh opens a new session at the bank: the person may get a login notification or be asked for a second factor.",
    redirectMethod: signsIn ? "app_link" : "paste",
    redirectUri: signsIn ? "dev.bobbin.workbench:/oauth/callback" : "",
    registration: { state: signsIn ? "registered" : "not_needed" },
    endpoints: endpointNames.map(([kind, endpoint, path]) => ({
      kind,
      name: endpoint,
      url: url(kind, path),
      source: local ? "sandbox" : url(kind, path) === null ? "none" : "preset",
    })),
    discovery: discovers ? { state: "waiting" } : { state: "not_used" },
    headers: [],
    headerHints:
      id === "vault"
        ? [{ name: "X-Merchant-ID", value: "Your merchant's UUID, where Vault gave you one." }]
        : [],
    parameters: { authorize: [], token: [], refresh: [] },
    reserved: [
      {
        rows: "authorize",
        name: "state",
        reason: "It is random, and finds the sign-in that an answer belongs to.",
      },
      { rows: "authorize", name: "client_id", reason: "It is the connection's client id." },
      { rows: "token", name: "client_id", reason: "It is the connection's client id." },
      { rows: "token", name: "scope", reason: "It is made from the scopes of the connection." },
      { rows: "refresh", name: "scope", reason: "It is chosen with each refresh." },
      {
        rows: "headers",
        name: "Authorization",
        reason: "It would carry a secret into the connection's file.",
      },
    ],
    problems: [],
    findings: [],
    ...part,
  });
}
