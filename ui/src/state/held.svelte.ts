import { pageHeld, pageHold } from "../ipc/generated/commands/page";

/** What was typed longer ago than this survives the page; each change is not sent sooner after another. */
const HOLD_AFTER_MS = 50;
/** A longer text is not worth sending again with each key. */
const MAX_LENGTH = 4_000_000;

let recalled: Record<string, string> = {};
const restorers: Record<string, (text: string) => void> = {};

export interface Hold {
  /** Sends the newest value without waiting. */
  now: () => void;
  /** Lets go of it: the thing it belongs to is gone. */
  end: () => void;
}

/**
 * Holds a part of the page's state in the application's memory, so that it survives the web process: a page that
 * died is loaded again. It is on no disk and ends with the application. Null stands for a state that needs no holding.
 * `restore` is called with what an earlier page held, now or when the page starts.
 */
export function hold<T>(key: string, value: () => T | null, restore: (value: T) => void): Hold {
  let sent: string | null = null;
  let sentAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;
  let skipped = false;
  let ended = false;

  const send = (text: string | null) => {
    clearTimeout(timer);
    timer = undefined;
    // One at a time: a long text that arrives late must not replace the one after it.
    skipped ||= sending;
    if (text === sent || sending) return;
    sent = text;
    sentAt = performance.now();
    sending = true;
    void pageHold(key, text)
      // A refusal means only that a page which dies forgets.
      .catch(() => undefined)
      .then(() => {
        sending = false;
        if (ended) send(null);
        else if (skipped) timer ??= setTimeout(() => send(read()), HOLD_AFTER_MS);
        skipped = false;
      });
  };
  const read = () => {
    const now = value();
    const text = now === null ? null : JSON.stringify(now);
    return text === null || text.length > MAX_LENGTH ? null : text;
  };

  const take = (text: string) => {
    sent = text;
    restore(JSON.parse(text) as T);
  };
  const earlier = recalled[key];
  if (earlier === undefined) restorers[key] = take;
  else take(earlier);

  const stop = $effect.root(() => {
    $effect(() => {
      const text = read();
      if (text === sent) return;
      // A page that is slower than the keys would not come to its timers.
      if (performance.now() - sentAt >= HOLD_AFTER_MS) send(text);
      else timer ??= setTimeout(() => send(read()), HOLD_AFTER_MS);
    });
  });
  const end = () => {
    stop();
    ended = true;
    Reflect.deleteProperty(restorers, key);
    Reflect.deleteProperty(recalled, key);
    send(null);
  };
  return { now: () => send(read()), end };
}

/** Takes up what an earlier page held. Only a page that is loaded again has anything to ask for. */
export async function recall(): Promise<void> {
  if (!loadedAgain()) return;
  recalled = await pageHeld().catch(() => ({}));
  for (const [key, text] of Object.entries(recalled)) restorers[key]?.(text);
}

/** The browser's session storage outlives the web process, too. */
function loadedAgain(): boolean {
  try {
    const again = sessionStorage.getItem("bobbin.loaded") !== null;
    sessionStorage.setItem("bobbin.loaded", "true");
    return again;
  } catch {
    return true;
  }
}
