import { invoke as send } from "@tauri-apps/api/core";
import type { ErrorView } from "./generated";

/** Sends a command; a refusal is always thrown as an `ErrorView`. */
export async function invoke<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await send<T>("call", { command, arguments: args });
  } catch (error) {
    throw asErrorView(error, command);
  }
}

/** Whatever was thrown, as the card that the page can show. */
export function asErrorView(error: unknown, command?: string): ErrorView {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return { hint: null, detail: null, ...(error as Partial<ErrorView>) } as ErrorView;
  }
  return {
    code: "unexpected",
    message: "Bobbin could not do this.",
    hint: "Try again. If it happens again, report it with the details below.",
    detail: [command, error instanceof Error ? error.message : String(error)].filter(Boolean).join(": "),
  };
}
