import { invoke } from "./transport";
import type { Asked, FindingView, RedirectCheck } from "./types";

export const redirectDoctor = (slug: string) => invoke<RedirectCheck[]>("redirect_doctor", { slug });
export const redirectRepair = (slug: string) => invoke<RedirectCheck[]>("redirect_repair", { slug });

/** What could explain an OAuth error such as `invalid_client`, worst first. */
export const clientDoctor = (slug: string, error: string, asked: Asked) =>
  invoke<FindingView[]>("client_doctor", { slug, error, asked });
