import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { EndpointKind } from "../src/ipc/generated";
import { arrive, button, goTo, openWorld, press, user } from "./page";
import { serve } from "./server";
import type { World } from "./world";

/** Another server, which passes on to the sandbox what it gets. */
interface Elsewhere {
  url: string;
  /** How many requests have reached it. */
  reached: number;
  /** The status of each answer that it has brought back. */
  answered: number[];
}

/** Points an endpoint of the sandbox connection there in its file, as a `git pull` does. */
async function pull(world: World, kind: EndpointKind): Promise<Elsewhere> {
  const real = await world.endpoint(kind);
  const elsewhere: Elsewhere = { url: "", reached: 0, answered: [] };
  elsewhere.url = await serve((request, response) => {
    elsewhere.reached++;
    const { method = "", headers } = request;
    const passOn = async () => {
      const sent = new Headers({ Authorization: headers.authorization ?? "" });
      sent.set("Content-Type", headers["content-type"] ?? "");
      const reply = await fetch(real, {
        method,
        headers: sent,
        ...(method === "POST" ? { body: await text(request) } : {}),
      });
      response.writeHead(reply.status, { "Content-Type": reply.headers.get("content-type") ?? "" });
      response.end(await reply.text());
      elsewhere.answered.push(reply.status);
    };
    void passOn();
  });
  const { endpoints, file } = await world.connection();
  const name = endpoints.find((one) => one.kind === kind)?.name;
  const path = join((await world.overview()).status.workspace, file);
  writeFileSync(path, `${readFileSync(path, "utf8")}\n[endpoints]\n${name} = "${elsewhere.url}"\n`);
  return elsewhere;
}

/** Opens the page after somebody has signed in, or other tokens were got, and an endpoint was changed then. */
async function openChanged(
  kind: EndpointKind,
  before: (world: World) => Promise<unknown> = (world) => world.signIn(),
) {
  const changed: Elsewhere[] = [];
  const world = await openWorld(async (world) => {
    await before(world);
    changed.push(await pull(world, kind));
  });
  const [elsewhere] = changed;
  if (!elsewhere) throw new Error("nothing was changed");
  return { world, elsewhere };
}

/** The question where the action was taken, answered with yes: the action is done at last. */
async function yes(world: World, elsewhere: Elsewhere, command: string): Promise<void> {
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("endpoint_changed");
  expect(card.textContent).toContain(`now points to ${elsewhere.url}, and nothing was sent.`);
  expect(card.textContent).toContain("It pointed to the sandbox before.");
  expect(elsewhere.reached).toBe(0);
  expect(world.sentAs(command)).toHaveLength(1);
  await user.click(await within(card).findByRole("button", { name: "Use it" }));
  await waitFor(() => expect(world.sentAs(command)).toHaveLength(2));
  expect(world.sentAs("connection_trust")).toMatchObject([{ slug: "sandbox" }]);
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
}

test("a sign-in that would go elsewhere asks in its own panel", async () => {
  const { world, elsewhere } = await openChanged("authorization");
  await goTo("Sandbox");
  await press("Sign in with browser");
  await within(await screen.findByRole("region", { name: "Sign-in" })).findByRole("alert");
  await yes(world, elsewhere, "sign_in_start");
  await waitFor(async () => expect((await world.seen()).opened.at(-1)).toContain(elsewhere.url));
});

test("a refresh that would go elsewhere asks before it is sent", async () => {
  const { world, elsewhere } = await openChanged("token");
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press("Refresh now");
  await yes(world, elsewhere, "session_refresh");
  expect(await screen.findByText(/generation 2/)).toBeTruthy();
  expect(elsewhere.answered).toEqual([200]);
});

test("a run that would go elsewhere asks in the place of the answer", async () => {
  const { world, elsewhere } = await openChanged("graphql");
  await goTo("AccountBalances");
  await press(/^Run/);
  await within(await screen.findByRole("region", { name: "Response" })).findByRole("alert");
  await yes(world, elsewhere, "query_run");
  await waitFor(() => expect(elsewhere.answered).toEqual([200]));
});

test("user info that would come from elsewhere asks with the session", async () => {
  const { world, elsewhere } = await openChanged("userinfo");
  await goTo("Thandi Nkosi");
  await press("User info");
  await yes(world, elsewhere, "session_userinfo");
  await waitFor(() => expect(elsewhere.answered).toEqual([200]));
});

test("a sign-out at the provider that would go elsewhere asks with the session", async () => {
  const { world, elsewhere } = await openChanged("end_session");
  await goTo("Thandi Nkosi");
  await press("Sign out at provider");
  await yes(world, elsewhere, "session_sign_out");
  await waitFor(async () => expect((await world.seen()).opened.at(-1)).toContain(elsewhere.url));
});

test("a client token that would be asked for elsewhere asks with its session", async () => {
  const { world, elsewhere } = await openChanged("token", async (world) => {
    await world.becomeConfidential();
    await world.call("client_token", { connection: "sandbox", fresh: false });
  });
  await goTo("Client token");
  await press(/^Get a fresh one/);
  await yes(world, elsewhere, "client_token");
  await waitFor(() => expect(elsewhere.answered).toEqual([200]));
});

test("without a yes the connection's endpoints can be edited, and nothing is sent again", async () => {
  const { world, elsewhere } = await openChanged("token");
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press("Refresh now");
  await press("Edit connection");
  await arrive("Sandbox");
  expect((await button(/^Endpoints/)).getAttribute("aria-expanded")).toBe("true");
  await waitFor(() => expect(document.activeElement?.id).toBe("token_endpoint"));
  expect((document.activeElement as HTMLInputElement).value).toBe(elsewhere.url);
  expect(world.sentAs("session_refresh")).toHaveLength(1);
  expect(world.sentAs("connection_trust")).toHaveLength(0);
  expect(elsewhere.reached).toBe(0);
});
