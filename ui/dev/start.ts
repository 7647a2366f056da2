import { listen } from "@tauri-apps/api/event";
import { connect } from "./connect";

/** The page in an ordinary browser. Vite hands its requests on to the dev server, and adds the token. */
void connect({ url: "/bobbin", headers: {} });
void listen<string>("open", ({ payload }) => window.open(payload));
