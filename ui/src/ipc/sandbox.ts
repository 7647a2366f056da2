import { invoke } from "./transport";
import type { FaultView } from "./types";

/** The ways in which the sandbox can misbehave, and which of them it does now. */
export const sandboxFaults = () => invoke<FaultView[]>("sandbox_faults");

/** Lets the sandbox misbehave in exactly these ways; none makes it behave. */
export const sandboxFaultsSet = (ids: string[]) => invoke<FaultView[]>("sandbox_faults_set", { ids });
