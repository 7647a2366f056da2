// Written by `cargo xtask types` from the list of the commands.
import { invoke } from "../../transport";

/** Opens it with the program that the system has for its kind. */
export const fileOpen = (file: string) => invoke<null>("file_open", { file });

/** Shows it in the system's file manager. */
export const fileShow = (file: string) => invoke<null>("file_show", { file });
