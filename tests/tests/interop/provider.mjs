// A provider that Bobbin's authors did not write: oidc-provider, certified by the OpenID Foundation.
// It listens on a free port of this computer, says where in one line of JSON, and ends with its standard input.
// An argument is the issuer that it goes by, where it is reached through something in between.

import { createServer } from "node:http";
import { generateKeyPairSync, randomBytes } from "node:crypto";

// Its advice is for those who run it in earnest, and standard output belongs to the one line below.
console.info = console.warn = () => {};
const { Provider } = await import("oidc-provider");

const jwk = (key, members) => ({ ...key.export({ format: "jwk" }), use: "sig", ...members });

function signingKey(kid, type, options) {
  return jwk(generateKeyPairSync(type, options).privateKey, { kid });
}

/** What a client keeps and what it registers. */
function clientKey(kid, type, options) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  return { kid, pem: privateKey.export({ format: "pem", type: "pkcs8" }), jwk: jwk(publicKey, { kid }) };
}

const rsa = { modulusLength: 2048 };
const p256 = { namedCurve: "P-256" };

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}`;
const issuer = process.argv[2] ?? address;

const provider = new Provider(issuer, {
  // RS256 and PS256 are made with the same key.
  jwks: {
    keys: [signingKey("rsa", "rsa", rsa), signingKey("p256", "ec", p256), signingKey("ed25519", "ed25519")],
  },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  scopes: ["openid", "profile", "email", "offline_access"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
  findAccount: (_, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      name: `${accountId} Example`,
      email: `${accountId}@example.com`,
      email_verified: true,
    }),
  }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    // Each test is a client of its own.
    registration: {
      enabled: true,
      // RFC 6749 2.3.1 asks for these characters to be encoded before they are joined and encoded again.
      secretFactory: () => `${randomBytes(24).toString("base64url")}:+/%&=`,
    },
  },
});

/** How each request to a protected endpoint was made, as the provider itself understood it. */
const seen = [];
provider.use(async (ctx, next) => {
  if (ctx.path === "/seen") {
    ctx.body = seen.filter(({ client_id }) => client_id === ctx.query.client_id);
    return;
  }
  if (ctx.path === "/refresh-token") {
    const token = await provider.RefreshToken.find(ctx.query.value);
    ctx.body = { state: !token ? "gone" : token.consumed ? "used" : "ready" };
    return;
  }
  await next();
  const { oidc } = ctx;
  if (!["token", "revocation", "introspection"].includes(oidc?.route)) return;
  const { authorization } = ctx.headers;
  const { client_assertion: assertion, client_secret: secret, grant_type, scope } = oidc.params ?? {};
  const decoded = (part) => JSON.parse(Buffer.from(assertion.split(".")[part], "base64url"));
  seen.push({
    endpoint: oidc.route,
    client_id: oidc.client?.clientId,
    grant_type,
    scope,
    authentication: assertion
      ? "private_key_jwt"
      : authorization
        ? "client_secret_basic"
        : secret
          ? "client_secret_post"
          : "none",
    assertion: assertion && { header: decoded(0), claims: decoded(1) },
    status: ctx.status,
  });
});
provider.on("server_error", (_, error) => console.error(error));
server.on("request", provider.callback());

const clientKeys = { rsa: clientKey("client-rsa", "rsa", rsa), p256: clientKey("client-p256", "ec", p256) };
process.stdout.write(`${JSON.stringify({ issuer, address, clientKeys })}\n`);

process.stdin.on("end", () => process.exit()).resume();
