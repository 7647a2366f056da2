//! Runs the sandbox by itself: `cargo run -p bobbin-sandbox`, ended with Ctrl-C.

use std::{io::Write, process::ExitCode};

use bobbin_sandbox::{Config, start};

#[tokio::main]
async fn main() -> ExitCode {
    let sandbox = match start(Config { port: 5001, fallback: true, state_file: None }).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            // Standard error may be closed; the exit code still says it.
            let _ = writeln!(std::io::stderr(), "bobbin-sandbox: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Scripts read the address from the first line.
    let base = sandbox.base_url();
    let _ =
        writeln!(std::io::stdout(), "{base}\nClients, their secrets and keys: {base}/\nEnd it with Ctrl-C.");
    // Without a way to hear Ctrl-C there is nothing to wait for.
    let _ = tokio::signal::ctrl_c().await;
    sandbox.shutdown().await;
    ExitCode::SUCCESS
}
