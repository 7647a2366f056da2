import type { RedirectMethod } from "../../ipc/generated";

const loopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d*)?(\/|$)/i;
const web = /^https?:/i;

/** Whether the browser can come back that way from this redirect URI. */
export function fits(method: RedirectMethod, uri: string): boolean {
  if (method === "app_link") return !web.test(uri);
  return method === "loopback" ? loopback.test(uri) : true;
}

/** A redirect URI to begin with, where the one at hand does not fit. */
export const suggestion: Record<RedirectMethod, string> = {
  app_link: "dev.bobbin.workbench:/oauth/callback",
  loopback: "http://127.0.0.1:9000/callback",
  paste: "https://localhost:9000/return",
};

export const words: Record<RedirectMethod, string> = {
  app_link: "App link",
  loopback: "Loopback",
  paste: "Paste",
};
