import { Script } from "node:vm";
import { screen, waitFor, within } from "@testing-library/dom";
import userEvent from "@testing-library/user-event";
import { mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, inject, vi } from "vitest";
import { connect, type Sent } from "../dev/connect";
import type * as Page from "./entry";
import { World } from "./world";

/** What the page sends its commands with. One that is gone keeps its own, and so reaches no other's Bobbin. */
const IPC = "window.__TAURI_INTERNALS__";
const code = `(ipc) => { ${inject("page").replaceAll(IPC, "ipc")}\nreturn page; }`;
const script = new Script(code, { filename: "page.js" });
let unmount: (() => Promise<void>) | undefined;

let world: World | undefined;
let listening: AbortController | undefined;

/** Opens the whole page on a Bobbin of its own, after `before` was done with that. */
export async function openWorld(before?: (world: World) => Promise<unknown>): Promise<World> {
  await close();
  await world?.end();
  localStorage.clear();
  sessionStorage.clear();
  world = await World.begin();
  await before?.(world);
  await openOn(world);
  return world;
}

/** Opens the page on a Bobbin that is there, as a window that is opened again does. */
export async function openOn(on: World): Promise<void> {
  await close();
  listening = new AbortController();
  const sent = ({ command, arguments: args }: Sent) => on.take(command, args);
  await connect(on.address, { sent, signal: listening.signal });
  await mount({ ...ipc() });
}

/** Loads the page again on the same Bobbin, as the application does when the web process has died. */
export async function reload(on: World): Promise<void> {
  // Whatever the page still says is heard by nobody.
  listening?.abort();
  await openOn(on);
}

/** Ends Bobbin and starts it again, with a window of its own. */
export async function startAgain(on: World): Promise<void> {
  await close();
  sessionStorage.clear();
  await on.restart();
  await openOn(on);
}

const ipc = () => (window as unknown as { __TAURI_INTERNALS__: object }).__TAURI_INTERNALS__;

async function mount(own = ipc()): Promise<void> {
  delete document.documentElement.dataset.ready;
  // The editor's styles go with their page.
  document.head.innerHTML = "";
  document.body.innerHTML = '<div id="app"></div>';
  const { start, unmount: end } = (script.runInThisContext() as (ipc: object) => typeof Page)(own);
  const page = await start(document.getElementById("app") as HTMLElement);
  unmount = () => end(page);
  await waitFor(() => {
    if (document.documentElement.dataset.ready !== "true") throw new Error("not ready");
  });
}

/** Closes the page; what it has stored stays. */
export async function close(): Promise<void> {
  const end = unmount;
  unmount = undefined;
  await end?.();
  // What it has put off for a moment, such as to give the focus back, comes while its window is there.
  if (end) await new Promise((done) => setTimeout(done));
  listening?.abort();
  // A page that is gone hears nothing more.
  mockIPC(() => null, { shouldMockEvents: true });
}

afterEach(async () => {
  vi.useRealTimers();
  await close();
});

export const user = userEvent.setup();

export const button = (name: string | RegExp) => screen.findByRole("button", { name });
export const press = async (name: string | RegExp) => user.click(await button(name));
export const choose = async (name: string) => user.click(await screen.findByRole("radio", { name }));

/** Goes to a thing by the sidebar. */
export async function goTo(name: string): Promise<void> {
  const things = screen.getByRole("navigation", { name: "Things" });
  await user.click(await within(things).findByRole("button", { name }));
  await arrive(name);
}

export const MINUTE = 60_000;

/** The level-1 heading, once it is this one. */
export const arrive = (name: string) =>
  waitFor(() => {
    if (screen.getByRole("heading", { level: 1 }).textContent !== name) throw new Error(`not at ${name}`);
  });

/** Puts a text into a field in one go, as a paste does; typing would take its braces for keys. */
export function fill(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
}
