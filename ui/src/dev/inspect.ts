import type {
  CheckView,
  InspectionView,
  InspectPart,
  InspectRequest,
  PkceValues,
  PkceView,
} from "../ipc/generated";
import { refusal, type Application } from "./application";
import { CHALLENGE, checks, VERIFIER } from "./samples";

const row = (name: string, value: string, meaning: string, time: number | null = null) => ({
  name,
  value,
  meaning,
  time,
});

const found = (kind: string, summary: string, part: Partial<InspectionView> = {}): InspectionView => ({
  kind,
  place: null,
  summary,
  problems: [],
  parts: [],
  checks: [],
  inner: [],
  keysWanted: false,
  clockAheadMs: null,
  clockOffMs: null,
  ...part,
});

const within = (place: string, view: InspectionView) => ({ ...view, place });

const signature = (part: Partial<CheckView>): CheckView => ({
  ...(checks[0] as CheckView),
  name: (part.title ?? "Signature").toLowerCase(),
  ...part,
});

function jwtParts(): InspectPart[] {
  const now = Date.now();
  const at = (name: string, words: string, ms: number) => row(name, String(Math.floor(ms / 1000)), words, ms);
  const header = { alg: "RS256", kid: "oSmkvFhjUcbkB824kzN_ZA", typ: "JWT" };
  return [
    {
      title: "Header",
      text: JSON.stringify(header, null, 2),
      rows: [
        row("alg", "RS256", "Algorithm: RSA with SHA-256"),
        row("kid", header.kid, "Key of the provider's JWKS"),
        row("typ", "JWT", "Type of the token"),
      ],
    },
    {
      title: "Claims",
      text: '{\n  "iss": "http://127.0.0.1:5001",\n  "sub": "user/f5cc94ee-e951-40d3-a31e-794659806230/fnb"\n}',
      rows: [
        row("iss", "http://127.0.0.1:5001", "Issuer"),
        row("sub", "user/f5cc94ee-e951-40d3-a31e-794659806230/fnb", "Subject: bank fnb"),
        row("aud", "test-18fbd892-3b73-43c3-a854-c6f78c681349", "Audience: the client"),
        at("iat", "Issued", now - 28_000),
        at("exp", "Expires", now + 272_000),
        row("nonce", "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4", "Replay protection"),
        row("amr", '["pwd"]', "Signed in by password"),
      ],
    },
  ];
}

/** An id_token, checked as far as the request allows. */
function idToken({ keys, nonce }: InspectRequest, known: boolean): InspectionView {
  const skip = (title: string, why: string): CheckView =>
    signature({ title, outcome: "skipped", expected: "", got: "", why, section: "OIDC Core 3.1.3.7" });
  const all: CheckView[] = [
    known || keys
      ? signature({})
      : skip("Signature", "No keys are known: choose a connection or paste a JWKS."),
    signature({ title: "Expiry", expected: "later than now", got: "exp 1795230312", section: "(9)" }),
    nonce === null
      ? skip("Nonce", "The nonce that was sent is not given.")
      : nonce.startsWith("fim8")
        ? signature({ title: "Nonce", got: nonce })
        : signature({
            title: "Nonce",
            outcome: "failed",
            code: "id_token_nonce_mismatch",
            expected: nonce,
            got: "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4",
            why: "A token of another sign-in could be slipped in.",
            section: "OIDC Core 3.1.3.7 (11)",
            hint: "Compare it with the nonce of the authorization request; each has its own.",
          }),
  ];
  const wrong = all.some(({ outcome }) => outcome === "failed");
  const judged = wrong
    ? "and its nonce is not the one given"
    : known || keys
      ? "and everything that could be checked is right"
      : "its signature was not checked";
  return found("id_token", `This is an id_token for test-18fbd892, signed with RS256; ${judged}.`, {
    parts: jwtParts(),
    checks: all,
  });
}

function answer(app: Application, request: InspectRequest): InspectionView {
  const text = request.text.trim();
  const known = request.connection !== null && app.fetchedKeys.has(request.connection);
  const keysWanted = request.connection !== null && !known;
  if (text.startsWith("{") && text.includes("access_token")) {
    return found(
      "token_reply",
      "This is a token reply with an access token, an id_token and a refresh token.",
      {
        parts: [
          {
            title: "Members",
            text: null,
            rows: [
              row("access_token", "nXPh…6kK4", "Opaque access token"),
              row("expires_in", "900", "Lives 15 minutes"),
              row("token_type", "Bearer", "Whoever has it may use it"),
              row("refresh_token", "8f2c…e01b", "Gets new tokens, once"),
            ],
          },
        ],
        inner: [
          found(
            "opaque_token",
            "access_token: an opaque token of 43 characters: only the server that made it can say what it stands for.",
          ),
          within("id_token", idToken(request, known)),
        ],
        keysWanted,
      },
    );
  }
  if (text.startsWith("eyJ") && text.split(".").length === 2) {
    return found("jwt", "This is a JWT that was cut off in its payload, after 61 characters.", {
      problems: [
        {
          message: "It breaks off inside the payload: the third part, the signature, is missing.",
          hint: "Copy it again, with all three parts between the dots.",
        },
      ],
      parts: jwtParts().slice(0, 1),
    });
  }
  if (text.startsWith("eyJ")) return { ...idToken(request, known), keysWanted };
  if (/[?&](code|error)=/.test(text)) {
    return found("callback", "This is a callback URL that refuses the sign-in: access_denied.", {
      problems: [
        {
          message: "access_denied: the person or the provider said no.",
          hint: "Sign in again and consent to the scopes.",
        },
      ],
      parts: [
        {
          title: "Parameters",
          text: null,
          rows: [
            row("error", "access_denied", "Refused"),
            row("state", "J_Ug…pXwA", "Binds it to the request"),
            row("state", "J_Ug…pXwA", "Comes twice"),
          ],
        },
      ],
    });
  }
  if (text.length > 65_536)
    throw refusal("inspect_too_long", "This is more than 64 KiB.", "Paste the token or the URL alone.");
  return found("unknown", "Nothing in this was recognized.", {
    problems: [
      { message: "It is no token, URL, JSON, header or PEM.", hint: "Paste it from its beginning." },
    ],
  });
}

export const inspectCommands = {
  inspect(app: Application, { request }: { request: InspectRequest }) {
    if (request.fetchKeys && request.connection) app.fetchedKeys.add(request.connection);
    return answer(app, request);
  },

  pkce_check(_: Application, { verifier, challenge }: { verifier: string; challenge: string }): PkceView {
    const length = [...verifier].length;
    const verifierProblems =
      verifier && (length < 43 || length > 128)
        ? [`It has ${length} characters, where 43 to 128 belong (RFC 7636 section 4.1).`]
        : [];
    const challengeProblems = challenge.endsWith("=")
      ? ["It ends with =, which base64url leaves out here (RFC 7636 appendix A)."]
      : [];
    const right = verifier !== "" && verifierProblems.length === 0;
    const expectedChallenge = right ? CHALLENGE : null;
    return {
      fits: right && challenge && challengeProblems.length === 0 ? challenge === CHALLENGE : null,
      expectedChallenge,
      verifierProblems,
      challengeProblems,
    };
  },

  pkce_values: (): PkceValues => ({
    codeVerifier: VERIFIER,
    codeChallenge: CHALLENGE,
    state: "J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA",
    nonce: "fim8Mwz0yHE85NOfgMD_sk3MdKzq2vQ_QnC0KUxIGT4",
  }),
};
