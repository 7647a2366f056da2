import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";

/** A Bobbin behind the dev server, and what a request to it bears. */
export interface World {
  url: string;
  headers: Record<string, string>;
}

/** A command as the page sends it. */
export interface Sent {
  command: string;
  arguments: Record<string, unknown>;
}

const NEVER = new Promise<never>(() => undefined);

/**
 * Brings the page's commands to a Bobbin without a window, and what that tells to the page.
 *
 * `sent` is told of each command when it goes; its answer arrives once the promise of that is fulfilled, too. This one's
 * is fulfilled when nothing that is told can be missed.
 */
export async function connect(
  world: World,
  { sent, signal }: { sent?: (command: Sent) => Promise<void> | void; signal?: AbortSignal } = {},
): Promise<void> {
  mockIPC(
    async (_, payload) => {
      const command = payload as unknown as Sent;
      // A page that is gone says and hears nothing more.
      if (signal?.aborted) return NEVER;
      const [answer] = await Promise.allSettled([call(world, command), sent?.(command)]);
      if (signal?.aborted) return NEVER;
      if (answer.status === "rejected") throw answer.reason;
      return answer.value;
    },
    { shouldMockEvents: true },
  );
  const told = await fetch(`${world.url}/events`, { headers: world.headers, ...(signal ? { signal } : {}) });
  // It ends with the page.
  if (told.body) void forward(told.body).catch(() => undefined);
}

export async function call(world: World, { command, arguments: args }: Sent): Promise<unknown> {
  const reply = await fetch(`${world.url}/call/${command}`, {
    method: "POST",
    headers: { ...world.headers, "Content-Type": "application/json" },
    body: JSON.stringify(args),
  });
  if (reply.status === 422) throw await reply.json();
  if (!reply.ok) throw new Error(`the dev server answers ${reply.status} to ${command}`);
  return reply.json();
}

async function forward(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (let rest = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { event, payload } = JSON.parse(line) as { event: string; payload: unknown };
      await emit(event, payload);
    }
  }
}
