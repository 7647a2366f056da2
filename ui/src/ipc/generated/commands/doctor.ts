// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { Asked, FindingView, RedirectCheck } from "..";

/** What could explain a failure, by its code, worst first; nothing where no OAuth error came. */
export const clientDoctor = (slug: string, code: string, asked: Asked) => invoke<Array<FindingView>>("client_doctor", { slug, code, asked });

export const redirectDoctor = (slug: string) => invoke<Array<RedirectCheck>>("redirect_doctor", { slug });

/** Registers our links with this Bobbin again. */
export const redirectRepair = () => invoke<null>("redirect_repair");
