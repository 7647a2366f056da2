import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type {
  Change,
  ConnectionDraft,
  ConnectionView,
  ErrorView,
  NamedValue,
  Notice,
  Overview,
  QueryDraft,
  QueryView,
  RequestView,
  SessionView,
  SignInView,
  WaitView,
} from "../ipc/generated";
import { respond } from "./responses";
import { clientCommands, writeClient } from "./clients";
import { connection, judged, presets } from "./connections";
import { faultCommands, faults } from "./faults";
import { inspectCommands } from "./inspect";
import { requests } from "./requests";
import { exchanges, queries, query } from "./samples";
import { sessionCommands } from "./sessions";
import { begin, type MadeUpSignIn } from "./signIn";

type Args = Record<string, never> & Record<string, unknown>;

export interface Scenario {
  /** How the sign-in goes on by itself: `wait` never comes back. */
  signIn?: "done" | "failed" | "wait" | "refused";
  /** The code that a failed sign-in fails with. */
  failure?: string;
  /** What a run answers; `never` does not. */
  answer?: string;
  sessions?: SessionView[];
  keyStore?: Overview["status"]["keyStore"];
  /** What cannot be read although the key store is ready. */
  leftOut?: string;
  latency?: number;
}

export const refusal = (
  code: string,
  message: string,
  hint: string | null = null,
  detail: string | null = null,
): ErrorView => ({
  code,
  message,
  hint,
  detail,
});

type Command = (application: Application, args: Args) => unknown;
const more = { ...clientCommands, ...sessionCommands, ...inspectCommands, ...faultCommands };

/** A made-up application behind the page's commands: for the dev server and the tests. */
export class Application {
  connections = [connection("sandbox"), connection("stitch-test")];
  sessions: SessionView[];
  queries: QueryView[] = queries();
  exchanges = exchanges(Date.now());
  signIns: MadeUpSignIn[] = [];
  /** Every command, in the order of its arrival. */
  calls: { command: string; args: Record<string, unknown> }[] = [];
  copied: string[] = [];
  /** What the page holds over its own death. */
  held = new Map<string, string>();
  /** The authorization requests, newest first. */
  authorizationRequests: RequestView[] = [];
  /** The connections whose keys are known to Inspect. */
  fetchedKeys = new Set<string>();
  faults = faults();
  /** Commands that fail, by name. */
  failures = new Map<string, ErrorView>();
  /** What the server has asked to wait for. */
  waiting: WaitView[] = [];
  #deleted = new Map<string, ConnectionView | SessionView>();
  #runs = new Map<string, { answer: (response: unknown) => void; reject: (error: ErrorView) => void }>();

  constructor(readonly scenario: Scenario = {}) {
    this.sessions = scenario.sessions ?? [];
    if (this.sessions.length === 0) this.exchanges = [];
    else this.authorizationRequests = requests();
  }

  install(): this {
    mockIPC(
      (_, sent) => {
        const { command, arguments: args } = sent as { command: string; arguments: Args };
        return this.#answer(command, args);
      },
      { shouldMockEvents: true },
    );
    return this;
  }

  changed = (change: Change) => emit("changed", change);
  /** What stays until it is dismissed. */
  keptNotices: Notice[] = [];
  notice = (notice: Notice) => {
    if (notice.hint !== null) this.keptNotices.push(notice);
    return emit("notice", notice);
  };

  async #answer(command: string, args: Args): Promise<unknown> {
    this.calls.push({ command, args });
    await new Promise((done) => setTimeout(done, this.scenario.latency ?? 0));
    const failure = this.failures.get(command);
    if (failure) throw failure;
    const own = (this as unknown as Record<string, ((args: Args) => unknown) | undefined>)[command];
    const room = (more as unknown as Record<string, Command | undefined>)[command];
    if (!own && !room) throw new Error(`no such command: ${command}`);
    return structuredClone((await (own ? own.call(this, args) : room?.(this, args))) ?? null);
  }

  overview(): Overview {
    return {
      version: "0.1.0",
      connections: this.connections.map(({ slug, name, environment }) => ({
        slug,
        name,
        environment,
        broken: null,
        sessions: this.sessions
          .filter((one) => one.connection === slug)
          .map(({ id, label, kind, access, createdAt, scopesGranted }) => ({
            id,
            label,
            kind,
            connection: slug,
            accessIssuedAt: access?.issuedAt ?? createdAt,
            accessExpiresAt: access?.expiresAt ?? null,
            scopes: scopesGranted,
          })),
      })),
      queries: this.queries.map(({ path, name, folder }) => ({ path, name, folder })),
      status: {
        keyStore: this.scenario.keyStore ?? "ready",
        keyStoreDetail:
          (this.scenario.keyStore ?? "ready") === "ready"
            ? (this.scenario.leftOut ?? null)
            : "The collection is locked.",
        sandboxAddress: "127.0.0.1:5001",
        workspace: "/home/you/.local/share/bobbin",
      },
    };
  }

  notices() {
    return this.keptNotices;
  }

  notice_dismiss({ code }: { code: string }) {
    this.keptNotices = this.keptNotices.filter((notice) => notice.code !== code);
  }

  connection_trust({ slug }: { slug: string }) {
    for (const [command, { code }] of this.failures) {
      if (code === "endpoint_changed") this.failures.delete(command);
    }
    void this.changed({ what: "connection", slug });
    return null;
  }

  zoomed = 100;

  zoom({ step }: { step: "in" | "out" | "reset" }) {
    const by = { in: 10, out: -10, reset: 100 - this.zoomed }[step];
    this.zoomed = Math.min(200, Math.max(80, this.zoomed + by));
    return this.zoomed;
  }

  remembered = "system";

  theme({ choice }: { choice: string | null }) {
    return (this.remembered = choice ?? this.remembered);
  }

  waits() {
    return this.waiting;
  }

  wait_cancel({ about }: { about: string }) {
    this.waiting = this.waiting.filter((wait) => wait.about !== about);
    void this.changed({ what: "waits" });
    return null;
  }

  presets() {
    return presets;
  }

  connection({ slug }: { slug: string }) {
    return found(this.connections.find((one) => one.slug === slug));
  }

  connection_create({ preset, name }: { preset: string; name: string }) {
    const made = connection(`${preset}-${this.connections.length}`, { name });
    this.connections.push(made);
    return made;
  }

  connection_save({ slug, draft }: { slug: string; draft: ConnectionDraft }) {
    const { name, scopes, redirectMethod, redirectUri, refreshPolicy, endpoints, parameters } = draft;
    const view = this.connection({ slug });
    const reserved = view.reserved.find(({ rows, name: taken }) =>
      (rows === "headers" ? draft.headers : parameters[rows]).some((row) => row.name === taken),
    );
    if (reserved)
      throw refusal("parameter_reserved", `${reserved.name} cannot be set by hand.`, reserved.reason);
    const rows = (values: NamedValue[]) => values.filter((row) => row.name.trim());
    Object.assign(view, { name, scopes, redirectMethod, redirectUri, refreshPolicy });
    Object.assign(view, {
      clientId: draft.clientId.trim(),
      headers: rows(draft.headers),
      parameters: {
        authorize: rows(parameters.authorize),
        token: rows(parameters.token),
        refresh: rows(parameters.refresh),
      },
    });
    writeClient(view, draft);
    for (const { kind, url } of endpoints) {
      const endpoint = view.endpoints.find((one) => one.kind === kind);
      if (endpoint)
        Object.assign(
          endpoint,
          url ? { url, source: "manual" } : { url: `https://preset/${kind}`, source: "preset" },
        );
    }
    judged(view);
    void this.changed({ what: "connection", slug });
    void this.changed({ what: "overview" });
    return view;
  }

  connection_delete({ slug }: { slug: string }) {
    const view = this.connection({ slug });
    this.#deleted.set(slug, view);
    this.connections = this.connections.filter((one) => one !== view);
    return view.name;
  }

  connection_restore({ slug: connection }: { slug: string }) {
    const view = found(this.#deleted.get(connection)) as ConnectionView;
    this.connections.push(view);
    return view;
  }

  sign_in_start({ connection: slug, userLabel }: { connection: string; userLabel: string }) {
    if (this.scenario.signIn === "refused") {
      throw refusal(
        "browser_not_opened",
        "The browser could not be opened.",
        "Open the link yourself: copy it and paste it there.",
        "xdg-open: exit status 3",
      );
    }
    const run = begin(this, slug, userLabel);
    this.signIns.push(run);
    return run.view;
  }

  sign_in({ connection: slug }: { connection: string }) {
    return this.signIns.filter(({ view }) => view.connection === slug).at(-1)?.view ?? null;
  }

  sign_in_switch({ id, method }: { id: string; method: SignInView["redirectMethod"] }) {
    return Object.assign(this.#signIn(id).view, { redirectMethod: method });
  }

  sign_in_cancel({ id }: { id: string }) {
    return this.#signIn(id).cancel();
  }

  sign_in_open({ id }: { id: string }) {
    return this.#signIn(id).view;
  }

  sign_in_copy_link() {
    this.copied.push("http://127.0.0.1:5001/connect/authorize?…");
  }

  callback_paste({ id, text }: { id: string; text: string }) {
    if (!text.includes("code=")) {
      throw refusal(
        "callback_no_code",
        "This address carries no code.",
        "Copy the whole address from the browser, with everything after the question mark.",
      );
    }
    return this.#signIn(id).succeed();
  }

  session({ id }: { id: string }) {
    const session = this.sessions.find((one) => one.id === id);
    if (!session) throw refusal("session_unknown", "This session no longer exists.");
    return session;
  }

  session_rename({ id, label }: { id: string; label: string }) {
    this.session({ id }).label = label;
  }

  session_delete({ id }: { id: string }) {
    this.#deleted.set(id, this.session({ id }));
    this.sessions = this.sessions.filter((one) => one.id !== id);
  }

  session_restore({ id }: { id: string }) {
    this.sessions.push(found(this.#deleted.get(id)) as SessionView);
  }

  session_revoke({ id }: { id: string }) {
    this.sessions = this.sessions.filter((one) => one.id !== id);
  }

  session_reveal({ secret }: { secret: string }) {
    return secret === "id_token"
      ? "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl"
      : `the-${secret}-itself`;
  }

  session_copy({ secret }: { secret: string }) {
    this.copied.push(`the-${secret}-itself`);
  }

  query({ path }: { path: string }) {
    return found(this.queries.find((one) => one.path === path));
  }

  query_create({ folder, name, document, variables }: QueryView) {
    const made = query(folder, name, document, variables);
    this.queries = [...this.queries.filter(({ path }) => path !== made.path), made];
    return made;
  }

  query_save({ path, document, variables }: { path: string } & QueryDraft) {
    const view = Object.assign(this.query({ path }), { document, variables, draft: null });
    void this.changed({ what: "query", path });
    return view;
  }

  query_rename({ path, folder, name }: { path: string; folder: string; name: string }) {
    const { document, variables, draft } = this.query_delete({ path });
    return Object.assign(this.query_create(query(folder, name, document, variables)), { draft });
  }

  query_delete({ path }: { path: string }) {
    const view = this.query({ path });
    this.queries = this.queries.filter((one) => one !== view);
    return view;
  }

  query_draft({ path, draft }: { path: string; draft: QueryDraft | null }) {
    this.query({ path }).draft = draft;
  }

  query_run({ request }: { request: { id: string } }) {
    if (this.scenario.answer !== "never") return respond(this.scenario.answer ?? "data");
    return new Promise((answer, reject) => this.#runs.set(request.id, { answer, reject }));
  }

  query_cancel({ id }: { id: string }) {
    this.#runs
      .get(id)
      ?.reject(
        refusal("run_cancelled", "The run was cancelled.", "The server may still have done what was asked."),
      );
  }

  licenses() {
    return "tauri 2.12.0 (Apache-2.0 OR MIT)\n\nPermission is hereby granted, free of charge\n";
  }

  about() {
    return {
      version: "0.1.0",
      commit: "0123456789ab",
      buildDate: "2026-11-28",
      system: "Debian GNU/Linux 12 (bookworm) (x86_64)",
      webView: "WebKitGTK 2.50.6",
      dataFolder: "/home/you/.local/share/dev.bobbin.workbench",
      workspaceFolder: "/home/you/.local/share/dev.bobbin.workbench",
      logFolder: "/home/you/.local/share/dev.bobbin.workbench/logs",
    };
  }

  page_held() {
    return Object.fromEntries(this.held);
  }

  page_hold({ key, text }: { key: string; text: string | null }) {
    if (text === null) this.held.delete(key);
    else this.held.set(key, text);
  }

  wire() {
    return this.exchanges.map(({ summary }) => summary);
  }

  exchange({ id }: { id: string }) {
    return found(this.exchanges.find(({ summary }) => summary.id === id));
  }

  exchange_reveal({ name }: { name: string | null }) {
    return name ? `the-${name}-itself` : '{\n  "access_token": "the-access_token-itself"\n}';
  }

  exchange_copy({ name }: { name: string | null }) {
    this.copied.push(`the-${name ?? "body"}-itself`);
  }

  wire_clear() {
    this.exchanges = [];
  }

  key_store_retry() {
    this.scenario.keyStore = "ready";
    return this.overview().status;
  }

  copy({ text }: { text: string }) {
    this.copied.push(text);
  }

  #signIn(id: string) {
    return found(this.signIns.find(({ view }) => view.id === id));
  }
}

export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw refusal("not_found", "This is not there any more.");
  return thing;
}
