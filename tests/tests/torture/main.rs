//! `cargo xtask torture`: what works once is kept while everything around it ends, lies or is late.

#[cfg(target_os = "linux")]
#[path = "torture.rs"]
mod torture;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    torture::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {}
