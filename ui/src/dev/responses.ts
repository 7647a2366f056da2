import type { ResponseView } from "../ipc/generated";

const rows = (n: number) =>
  Array.from({ length: n }, (_, i) => ({
    name: ["FNB Premier Cheque", "FNB Savings Pocket", "FNB Credit Card", "FNB Fusion"][i % 4],
    accountNumber: String(62425239471 + i),
    currentBalance: { quantity: (18204.55 + i).toFixed(2), currency: "ZAR" },
    transactions: null,
  }));

function answer(body: string, part: Partial<ResponseView> = {}): ResponseView {
  return {
    status: 200,
    durationMs: 142,
    size: body.length,
    contentType: "application/json",
    headers: [],
    body,
    json: true,
    errors: [],
    errorsLeftOut: 0,
    partial: false,
    exchange: "e4",
    ...part,
  };
}

const data = (n: number) =>
  JSON.stringify({ data: { user: { __typename: "User", bankAccounts: rows(n) } } }, null, 2);

/** What a run answers, by the words in the document or the scenario. */
export function respond(kind: string): ResponseView {
  switch (kind) {
    case "partial":
      return answer(data(4), {
        partial: true,
        errors: [
          {
            card: {
              code: "graphql_missing_scope",
              message: "Missing scope: transactions",
              hint: "Sign in again with transactions, then run again.",
              detail: "Token is missing the following scope: transactions",
            },
            path: "user.bankAccounts[0].transactions",
            code: "FORBIDDEN",
            line: 10,
            column: 9,
            missingScopes: ["transactions"],
          },
        ],
      });
    case "401":
      return answer(
        '{\n  "errors": [\n    { "message": "UNAUTHENTICATED: Token is expired or malformed" }\n  ]\n}',
        {
          status: 401,
          errors: [
            {
              card: {
                code: "graphql_unauthenticated",
                message: "The access token has expired or is not valid",
                hint: "Refresh the session or sign in again.",
                detail: "UNAUTHENTICATED: Token is expired or malformed",
              },
              path: null,
              code: "UNAUTHENTICATED",
              line: null,
              column: null,
              missingScopes: [],
            },
          ],
        },
      );
    case "text":
      return answer("<html>\n<body>502 Bad Gateway</body>\n</html>\n", {
        status: 502,
        json: false,
        contentType: "text/html",
      });
    case "huge":
      return answer(data(26_000));
    default:
      return answer(data(4));
  }
}
