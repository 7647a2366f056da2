// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { InspectRequest, InspectionView, PkceValues, PkceView } from "..";

/** Says what a pasted text is and what is wrong with it; nothing of it is kept. */
export const inspect = (request: InspectRequest) => invoke<InspectionView>("inspect", { request });

/** Whether a verifier and a challenge fit (RFC 7636 section 4); either may be empty. */
export const pkceCheck = (verifier: string, challenge: string) => invoke<PkceView>("pkce_check", { verifier, challenge });

/** A fresh pair, with a state and a nonce, for trying out. */
export const pkceValues = () => invoke<PkceValues>("pkce_values");
