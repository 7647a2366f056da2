import type {
  AssertionAudience,
  AuthenticationMethod,
  ConnectionDraft,
  ConnectionView,
  EndpointKind,
  NamedValue,
  ParametersView,
  RedirectMethod,
  RefreshPolicy,
} from "../ipc/types";

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
  clientAudience: string;
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
    clientAudience: clientTokens?.audience ?? "",
    refreshPolicy: view.refreshPolicy,
    headers: view.headers,
    parameters: view.parameters,
  });
}

/** What a person has written themselves; the rest stays the preset's and the key's own. */
export function draftOf(fields: Fields, view: ConnectionView): ConnectionDraft {
  const { key, algorithms } = view.authentication;
  const { algorithm, kid, endpoints } = fields;
  const written = view.endpoints
    .map(({ kind, url, source }) => ({ kind, url: endpoints[kind] ?? "", was: url ?? "", source }))
    .filter(({ url, was, source }) => source === "manual" || url !== was)
    .map(({ kind, url }) => ({ kind, url }));
  return {
    ...fields,
    endpoints: written,
    algorithm: algorithm === algorithms[0] ? "" : algorithm,
    kid: kid === key?.kid ? "" : kid,
  };
}
