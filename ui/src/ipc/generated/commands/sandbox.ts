// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";
import type { FaultView } from "..";

/** The ways in which the sandbox can misbehave, and which of them it does now. */
export const sandboxFaults = () => invoke<Array<FaultView>>("sandbox_faults");

/** Lets the sandbox misbehave in exactly these ways; none makes it behave. */
export const sandboxFaultsSet = (ids: Array<string>) => invoke<null>("sandbox_faults_set", { ids });
