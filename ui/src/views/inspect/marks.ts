import type { IconName } from "../../components/Icon.svelte";
import type { Level } from "../../words/inspection";

/** How a verdict looks; the word says it to whoever sees no colour. */
export const marks: Record<Level, { icon: IconName; colour: string; word: string }> = {
  ok: { icon: "check", colour: "ok", word: "Right" },
  warn: { icon: "warn", colour: "warn", word: "Problem" },
  bad: { icon: "cross", colour: "bad", word: "Wrong" },
  plain: { icon: "info", colour: "info", word: "Recognised" },
};
