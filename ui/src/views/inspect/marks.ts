import type { IconName } from "../../components/Icon.svelte";
import type { Level } from "../../words/inspection";

/** How a verdict looks; the word says it to whoever sees no color. */
export const marks: Record<Level, { icon: IconName; color: string; word: string }> = {
  ok: { icon: "check", color: "ok", word: "Right" },
  warn: { icon: "warn", color: "warn", word: "Problem" },
  bad: { icon: "cross", color: "bad", word: "Wrong" },
  plain: { icon: "info", color: "info", word: "Recognized" },
};
