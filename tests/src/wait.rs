//! Waiting with a limit: nothing here sleeps for a time that was guessed.

use std::{
    future::Future,
    thread,
    time::{Duration, Instant},
};

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(40);

/// Asks again and again until there is an answer; the last refusal otherwise.
pub(crate) async fn poll<T, F>(patience: Duration, mut ask: impl FnMut() -> F) -> Result<T, String>
where
    F: Future<Output = Result<T, String>>,
{
    let began = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(refusal) if began.elapsed() > patience => return Err(refusal),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Waits for something outside of any page, such as a file or a process; `what` completes "waited for …".
pub async fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    poll(PATIENCE, || {
        let answer = ask().ok_or_else(|| format!("waited {} s for {what}", PATIENCE.as_secs()));
        async { answer }
    })
    .await
    .unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The same for what is waited for without a runtime.
pub(crate) fn until_now<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        thread::sleep(PAUSE);
    }
}
