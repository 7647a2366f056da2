//! The application's real window.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::Signal;
use serde_json::json;

use crate::{
    Page, World,
    driver::Driver,
    process::{children, is_running, kill, signal},
    wait::until,
};

/// The window that runs in a world; its page is what it derefs to.
pub struct App {
    page: Page,
    driver: Driver,
    process: i32,
}

impl App {
    pub(crate) async fn start(world: &World, program: &Path, arguments: &[&str]) -> Self {
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": program, "args": arguments } });
        let driver = Driver::start(world, "WebKitWebDriver", capabilities).await;
        let process =
            until("the application to run", || children(driver.process.id()).first().copied()).await;
        let app = Self { page: Page::new(driver.client.clone(), world.name()), driver, process };
        app.until("the first view", "return document.documentElement.dataset.ready === 'true'").await;
        app
    }

    /// A file as the program sees it, whatever is mounted where it runs.
    pub fn sees(&self, path: &Path) -> PathBuf {
        let mut seen = PathBuf::from(format!("/proc/{}/root", self.process));
        seen.extend(path.components().skip(1));
        seen
    }

    /// Closes the window, as a person does, and waits for the program to end.
    pub async fn close(self) {
        // The window takes the session with it, mostly before that has answered; then no answer ever comes.
        let closing = self.driver.client.close_window();
        let _ = tokio::time::timeout(Duration::from_secs(3), closing).await;
        let process = self.process;
        until("the application to end after its window was closed", || (!is_running(process)).then_some(()))
            .await;
    }

    /// Sends the program a signal that asks it to end, and waits until it has.
    pub async fn ends_on(self, asked: Signal) {
        signal(self.process, asked);
        self.has_ended().await;
    }

    /// Waits for the program to end by itself.
    pub async fn has_ended(self) {
        let process = self.process;
        until("the application to end", || (!is_running(process)).then_some(())).await;
    }

    /// Ends the program in the middle of whatever it does, as a power cut would.
    pub async fn kill(self) {
        let process = self.process;
        kill(process);
        until("the application to be gone", || (!is_running(process)).then_some(())).await;
    }

    /// Waits until the thing of that name is the one that the sidebar marks as shown.
    pub async fn is_current(&self, name: &str) {
        self.patiently(|| async {
            let thing = self.find("button", name).await;
            match thing.attr("aria-current").await {
                Ok(Some(current)) if current == "page" => Ok(()),
                _ => Err(format!("“{name}” is not the thing that is shown")),
            }
        })
        .await;
    }

    /// Replaces what a text field holds with a text from the clipboard.
    pub async fn paste(&self, name: &str, text: &str) {
        self.invoke("copy", json!({ "text": text })).await;
        self.click("textbox", name).await;
        self.press("Control+a").await;
        self.press("Control+v").await;
    }

    /// Gives the window this size, as dragging its edges does.
    pub async fn resize(&self, width: u32, height: u32) {
        self.answer("a new size", self.driver.client.set_window_size(width, height)).await;
        let script = format!("return outerWidth === {width} && outerHeight === {height}");
        self.until(&format!("a window of {width}×{height}"), &script).await;
    }

    /// Calls a command until its answer is as wanted.
    pub async fn until_answer(
        &self,
        command: &str,
        arguments: serde_json::Value,
        is_wanted: impl Fn(&serde_json::Value) -> bool,
    ) -> serde_json::Value {
        self.patiently(|| async {
            let answer = self.invoke(command, arguments.clone()).await;
            if is_wanted(&answer) { Ok(answer) } else { Err(format!("{command} answers {answer}")) }
        })
        .await
    }

    /// Calls a command of the application as its page does.
    pub async fn invoke(&self, command: &str, arguments: serde_json::Value) -> serde_json::Value {
        let script = "const done = arguments[2];
            window.__TAURI_INTERNALS__.invoke('call', { command: arguments[0], arguments: arguments[1] })
                .then((value) => done({ value }), (error) => done({ error }))";
        let mut reply = self.run_async(script, vec![json!(command), arguments]).await;
        assert!(reply["error"].is_null(), "{command} was refused: {}", reply["error"]);
        reply["value"].take()
    }

    /// Calls a command and waits for no answer.
    pub async fn send(&self, command: &str, arguments: serde_json::Value) {
        let script = "window.__TAURI_INTERNALS__
            .invoke('call', { command: arguments[0], arguments: arguments[1] }).catch(() => {})";
        self.run(script, vec![json!(command), arguments]).await;
    }
}

impl Deref for App {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

/// The program under test: `BOBBIN_APP`, or the debug build of the workspace.
pub fn program() -> PathBuf {
    let path = std::env::var_os("BOBBIN_APP").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/bobbin")),
        PathBuf::from,
    );
    path.canonicalize().unwrap_or_else(|error| {
        panic!("{} is not there ({error}); build it, or name it in BOBBIN_APP", path.display())
    })
}
