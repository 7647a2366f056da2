import { inject, vi } from "vitest";
import { call, type World as Address } from "../dev/connect";
import type {
  ConnectionDraft,
  ConnectionView,
  EndpointKind,
  ErrorView,
  FaultView,
  Overview,
  SessionView,
  SignInView,
} from "../src/ipc/generated";

let count = 0;

/** As in `clients.rs` of the sandbox. The secret protects nothing. */
const CONFIDENTIAL = {
  id: "test-5a1d0c7e-8f7b-4a3e-9d26-2f0c6b7be914",
  secret: "sandbox-secret-that-protects-nothing",
};

/** What happens outside of Bobbin; see `outside.rs` of the dev server. */
export type Happening =
  | { what: "app_link"; url: string }
  | { what: "clock"; aheadMs: number }
  | { what: "browser_fails"; reason: string | null }
  | { what: "files_fail"; reason: string | null }
  | { what: "link_registration"; registered: boolean };

export interface Decision {
  /** The person's name; the first one otherwise. */
  person?: string;
  /** Only these of the scopes; all of them otherwise. */
  scopes?: string[];
  decision?: "allow" | "cancel";
}

/** A Bobbin of a test's own: the real engine, store and sandbox, on a folder that is deleted with it. */
export class World {
  readonly address: Address;
  /** The commands that the page has sent. */
  readonly sent: { command: string; args: Record<string, unknown> }[] = [];

  readonly #held = new Map<string, Promise<void>[]>();
  #aheadMs = 0;

  private constructor(name: string) {
    const { url, token } = inject("devServer");
    this.address = { url: `${url}/worlds/${name}`, headers: { Authorization: `Bearer ${token}` } };
  }

  /** `memory`: nothing outlives the process, as without a key store. */
  static async begin({ memory = false } = {}): Promise<World> {
    const world = new World(`${process.pid}-${process.env.VITEST_POOL_ID ?? 0}-${++count}`);
    await world.restart({ memory });
    return world;
  }

  /** Ends Bobbin and starts it again on the same folder. */
  async restart({ memory = false } = {}): Promise<void> {
    await this.#request("", "POST", { memory });
  }

  async end(): Promise<void> {
    await this.#request("", "DELETE");
  }

  /** Holds the answer to the next `command` of the page until what this gives is called. */
  hold(command: string): () => void {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    this.#held.set(command, [...(this.#held.get(command) ?? []), held]);
    return release;
  }

  /** The page sends a command; its answer arrives when the promise is fulfilled. */
  async take(command: string, args: Record<string, unknown>): Promise<void> {
    this.sent.push({ command, args });
    await this.#held.get(command)?.shift();
  }

  /** The arguments of each `command` that the page has sent. */
  sentAs(command: string): Record<string, unknown>[] {
    return this.sent.filter((one) => one.command === command).map(({ args }) => args);
  }

  /** So much time goes by, for Bobbin and for the page. */
  async later(milliseconds: number): Promise<void> {
    this.#aheadMs += milliseconds;
    await this.happens({ what: "clock", aheadMs: this.#aheadMs });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds, shouldAdvanceTime: true });
  }

  /** A command as the page sends it, from outside the page. */
  async call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
    return (await call(this.address, { command, arguments: args })) as T;
  }

  /** The code of the error with which a command is refused. */
  async refusal(command: string, args: Record<string, unknown> = {}): Promise<string> {
    try {
      await this.call(command, args);
    } catch (error) {
      return (error as ErrorView).code;
    }
    throw new Error(`${command} was not refused`);
  }

  async happens(what: Happening): Promise<void> {
    await this.#request("/outside", "POST", what);
  }

  async seen(): Promise<{
    opened: string[];
    copied: string[];
    files: ({ opened: string } | { shown: string })[];
    zoom: number;
    theme: string;
  }> {
    return (await this.#request("/outside", "GET")).json() as never;
  }

  async faults(...ids: string[]): Promise<void> {
    await this.call("sandbox_faults_set", { ids });
  }

  /** What a person decides on the page that the browser was asked to open last; gives where it is sent. */
  async decide({ person, scopes, decision = "allow" }: Decision = {}): Promise<string> {
    const url = (await this.seen()).opened.at(-1) ?? "";
    const base = new URL(url).origin;
    const login = location(await fetch(url, { redirect: "manual" }));
    const transaction = new URL(login, base).searchParams.get("transaction") ?? "";
    const choice = await (await fetch(base + login)).text();
    const form = (fields: string[][]): RequestInit => ({
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams(fields),
    });
    const chosen = await fetch(
      `${base}/account/login`,
      form([
        ["transaction", transaction],
        ["person", personOn(choice, person)],
      ]),
    );
    const consent = await (await fetch(base + location(chosen))).text();
    const offered = [...consent.matchAll(/name="scope" value="([^"]+)"/g)].map(([, scope]) => scope ?? "");
    const allowed = offered.filter((scope) => !scopes || scopes.includes(scope));
    const decided = [
      ["transaction", transaction],
      ["decision", decision],
      ...allowed.map((scope) => ["scope", scope]),
    ];
    return location(await fetch(`${base}/consent`, form(decided)));
  }

  /** The browser comes back with what the person decided. */
  async comesBack(decision: Decision = {}): Promise<void> {
    await this.happens({ what: "app_link", url: await this.decide(decision) });
  }

  /** A sign-in from its beginning to its end; gives the session. */
  async signIn(decision: Decision = {}, connection = "sandbox"): Promise<SessionView> {
    await this.call("sign_in_start", { connection, userLabel: "" });
    await this.comesBack(decision);
    const signIn = await this.call<SignInView | null>("sign_in", { connection });
    if (!signIn?.session) throw new Error(`no session: ${JSON.stringify(signIn?.failure)}`);
    return this.#named(signIn.session);
  }

  /** A session that bears its person's name, for which the provider is asked after the sign-in. */
  async #named(id: string): Promise<SessionView> {
    for (let tries = 0; ; tries++) {
      const session = await this.call<SessionView>("session", { id });
      // Until then it is called "<user> at <bank>". A provider may fail to tell the name.
      if (!session.abilities.userinfo || !session.label.includes(" at ") || tries === 100) return session;
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  overview(): Promise<Overview> {
    return this.call("overview");
  }

  connection(slug = "sandbox"): Promise<ConnectionView> {
    return this.call("connection", { slug });
  }

  /** Saves a connection as its form does, with these changes. */
  async save(changes: Partial<ConnectionDraft>, slug = "sandbox"): Promise<void> {
    const draft = { ...draftOf(await this.connection(slug)), ...changes };
    await this.call("connection_save", { slug, draft });
  }

  /** Where an endpoint is; the sandbox runs from then on. */
  async endpoint(kind: EndpointKind, slug = "sandbox"): Promise<string> {
    const faults = await this.call<FaultView[]>("sandbox_faults");
    await this.faults(...faults.filter(({ active }) => active).map(({ id }) => id));
    const { endpoints } = await this.connection(slug);
    return endpoints.find((one) => one.kind === kind)?.url ?? "";
  }

  /** Makes the sandbox connection that of a client which proves itself with a secret. */
  async becomeConfidential(): Promise<void> {
    await this.save({ clientId: CONFIDENTIAL.id, authenticationMethod: "client_secret_post" });
    await this.call("client_secret_set", { slug: "sandbox", secret: CONFIDENTIAL.secret });
  }

  /** The sandbox ends the access token of a session, and nobody tells Bobbin. */
  async revokeAccess(session: string): Promise<void> {
    const token = await this.call<string>("session_reveal", { id: session, secret: "access_token" });
    const { clientId } = await this.connection();
    // The public client has no secret to compare this one with.
    const form = { token, client_id: clientId, client_secret: CONFIDENTIAL.secret };
    const body = new URLSearchParams(form);
    const reply = await fetch(await this.endpoint("revocation"), { method: "POST", body });
    if (!reply.ok) throw new Error(`the sandbox answers ${reply.status} to the revocation`);
  }

  async #request(path: string, method: string, body?: unknown): Promise<Response> {
    const headers = { ...this.address.headers, "Content-Type": "application/json" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await fetch(this.address.url + path, { method, headers, ...sent });
    if (!reply.ok) throw new Error(`the dev server answers ${reply.status}: ${await reply.text()}`);
    return reply;
  }
}

/** What the form sends back when nothing was typed. */
function draftOf(view: ConnectionView): ConnectionDraft {
  return {
    revision: view.revision,
    name: view.name,
    clientId: view.clientId,
    scopes: view.scopes,
    redirectMethod: view.redirectMethod,
    redirectUri: view.redirectUri,
    refreshPolicy: view.refreshPolicy,
    headers: view.headers,
    parameters: view.parameters,
    endpoints: [],
    authenticationMethod: view.authentication.method,
    algorithm: "",
    kid: "",
    audience: view.authentication.audience,
    clientScopes: view.clientTokens?.scopes ?? [],
    clientAudience: view.clientTokens?.audience ?? null,
  };
}

function location(reply: Response): string {
  const to = reply.headers.get("location");
  if (!to) throw new Error(`the sandbox answers ${reply.status} and leads nowhere`);
  return to;
}

function personOn(page: string, name: string | undefined): string {
  const from = name ? page.slice(0, page.indexOf(name)) : page;
  const ids = [...from.matchAll(/name="person" value="([^"]+)"/g)];
  return (name ? ids.at(-1) : ids[0])?.[1] ?? "";
}
