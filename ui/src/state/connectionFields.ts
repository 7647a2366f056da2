import { isError } from "../ipc/errors";
import type {
  AssertionAudience,
  AuthenticationMethod,
  ConnectionDraft,
  ConnectionView,
  EndpointKind,
  ErrorView,
  ExtraRows,
  NamedValue,
  ParametersView,
  RedirectMethod,
  RefreshPolicy,
  ReservedView,
} from "../ipc/generated";

/** The fields of a connection's form, as they are typed. */
export interface Fields {
  name: string;
  clientId: string;
  scopes: string[];
  redirectMethod: RedirectMethod;
  redirectUri: string;
  endpoints: Partial<Record<EndpointKind, string>>;
  authenticationMethod: AuthenticationMethod;
  algorithm: string;
  kid: string;
  audience: AssertionAudience;
  clientScopes: string[];
  /** Null: the preset's own, which is not known yet. */
  clientAudience: string | null;
  refreshPolicy: RefreshPolicy;
  headers: NamedValue[];
  parameters: ParametersView;
}

export const noFields = (): Fields => ({
  name: "",
  clientId: "",
  scopes: [],
  redirectMethod: "app_link",
  redirectUri: "",
  endpoints: {},
  authenticationMethod: "none",
  algorithm: "",
  kid: "",
  audience: "token_endpoint",
  clientScopes: [],
  clientAudience: "",
  refreshPolicy: "ask",
  headers: [],
  parameters: { authorize: [], token: [], refresh: [] },
});

export function fieldsOf(view: ConnectionView): Fields {
  const { authentication, clientTokens } = view;
  return structuredClone({
    name: view.name,
    clientId: view.clientId,
    scopes: view.scopes,
    redirectMethod: view.redirectMethod,
    redirectUri: view.redirectUri,
    endpoints: Object.fromEntries(view.endpoints.map(({ kind, url }) => [kind, url ?? ""])),
    authenticationMethod: authentication.method,
    algorithm: authentication.algorithm,
    kid: authentication.kid,
    audience: authentication.audience,
    clientScopes: clientTokens?.scopes ?? [],
    clientAudience: clientTokens ? clientTokens.audience : "",
    refreshPolicy: view.refreshPolicy,
    headers: view.headers,
    parameters: view.parameters,
  });
}

/** Why a parameter or header cannot be set by hand; null where it can. Letters' case does not count. */
export function whyReserved(reserved: ReservedView[], rows: ExtraRows, name: string): string | null {
  const wanted = name.trim().toLowerCase();
  const found = reserved.find((one) => one.rows === rows && one.name.toLowerCase() === wanted);
  return found?.reason ?? null;
}

/**
 * What a person has written themselves, where the form last said `told`; the rest stays the preset's, the issuer's
 * and the key's own. A row that is refused where it stands does not keep the others from being saved.
 */
export function draftOf(fields: Fields, view: ConnectionView, told: Fields): ConnectionDraft {
  const { key, algorithms } = view.authentication;
  const { algorithm, kid, endpoints } = fields;
  const written = view.endpoints
    .map(({ kind, url, source }) => {
      // What nobody typed may be the endpoint of another issuer.
      const typed = endpoints[kind] === told.endpoints[kind] ? url : endpoints[kind];
      return { kind, url: typed ?? "", was: url ?? "", source };
    })
    .filter(({ url, was, source }) => source === "manual" || url !== was)
    .map(({ kind, url }) => ({ kind, url }));
  const allowed = (rows: ExtraRows, values: NamedValue[]) =>
    values.filter(({ name }) => !whyReserved(view.reserved, rows, name));
  const { authorize, token, refresh } = fields.parameters;
  return {
    revision: view.revision,
    ...fields,
    headers: allowed("headers", fields.headers),
    parameters: {
      authorize: allowed("authorize", authorize),
      token: allowed("token", token),
      refresh: allowed("refresh", refresh),
    },
    endpoints: written,
    algorithm: algorithm === algorithms[0] ? "" : algorithm,
    kid: kid === key?.kid ? "" : kid,
  };
}

/** The fields as the form names them. */
const names: Record<keyof Fields, string> = {
  name: "Name",
  clientId: "Client ID",
  scopes: "Scopes",
  redirectMethod: "Return through",
  redirectUri: "Redirect URI",
  endpoints: "Endpoints",
  authenticationMethod: "Authentication",
  algorithm: "Algorithm",
  kid: "Key ID",
  audience: "Audience of the assertion",
  clientScopes: "Client scopes",
  clientAudience: "Audience of client tokens",
  refreshPolicy: "Refresh",
  headers: "Extra headers",
  parameters: "Extra parameters",
};

export const fieldName = (field: keyof Fields) => names[field];

/** A field's value on one line or a few, to be compared with another. */
export function inWords(value: Fields[keyof Fields]): string {
  if (value === null) return "the preset's own";
  if (typeof value === "string") return value || "nothing";
  const lines = Array.isArray(value)
    ? value.map((one) => (typeof one === "string" ? one : `${one.name}: ${one.value}`))
    : Object.entries(value).flatMap(([name, inner]: [string, string | NamedValue[]]) =>
        typeof inner === "string"
          ? `${name}: ${inner}`
          : inner.map((one) => `${name} ${one.name}: ${one.value}`),
      );
  return lines.join("\n") || "nothing";
}

/** Whether a save was refused because of the rows of extra headers and parameters. */
export const aboutRows = (error: ErrorView) =>
  isError(
    error,
    "header_name_invalid",
    "header_reserved",
    "header_value_invalid",
    "parameter_reserved",
    "secret_in_file",
  );
