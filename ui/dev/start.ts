import { connect } from "./connect";

/** The page in an ordinary browser: Vite hands its requests on, and adds the token. */
void connect({ url: "/bobbin", headers: {} });
window.addEventListener("bobbin:open", (event) => window.open((event as CustomEvent<string>).detail));
