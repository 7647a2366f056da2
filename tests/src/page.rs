//! A page in a window, used as a person uses it: by roles and visible words, with mouse and keyboard.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use fantoccini::{
    Client, Locator,
    actions::{InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
    error::CmdError,
    key::Key,
};
use serde_json::{Value, json};

use crate::wait::{PATIENCE, poll};

/// The member that stands for an element in WebDriver's replies (WebDriver §12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct Page {
    client: Client,
    /// Begins the names of screenshots.
    name: String,
}

impl Page {
    pub(crate) fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// The element of that role and accessible name, as soon as there is exactly one. A `*` at either end of the name
    /// stands for anything.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        self.patiently(|| self.look(role, name)).await
    }

    /// Whether there is one now.
    pub async fn has(&self, role: &str, name: &str) -> bool {
        self.look(role, name).await.is_ok()
    }

    /// Waits until there is none any more.
    pub async fn gone(&self, role: &str, name: &str) {
        self.patiently(|| async {
            match self.look(role, name).await {
                Ok(_) => Err(format!("the {role} “{name}” is still there")),
                Err(_) => Ok(()),
            }
        })
        .await;
    }

    /// Clicks it once, as soon as it is there. Where something lies over it, or it was drawn anew meanwhile, the click of
    /// a person would be lost as well: then the test fails.
    pub async fn click(&self, role: &str, name: &str) {
        let element = self.find(role, name).await;
        self.click_on(&element, &format!("the {role} “{name}”")).await;
    }

    /// Clicks as a hand does, which holds the button down for a moment.
    pub async fn press_and_release(&self, role: &str, name: &str) {
        const HELD: Duration = Duration::from_millis(400);
        let element = self.find(role, name).await;
        let aim = PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
        let down = PointerAction::Down { button: MOUSE_BUTTON_LEFT };
        let hand = MouseActions::new("hand".to_owned())
            .then(aim)
            .then(down)
            .then(PointerAction::Pause { duration: HELD })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.answer("a press", self.client.perform_actions(hand)).await;
    }

    /// Clicks the first element that fits a CSS selector, where a name alone says too little.
    pub async fn click_at(&self, selector: &str) {
        let element = self.patiently(|| in_time(self.client.find(Locator::Css(selector)))).await;
        self.click_on(&element, selector).await;
    }

    async fn click_on(&self, element: &Element, what: &str) {
        // WebDriver aims at the middle and scrolls only to what is hidden as a whole; a person scrolls what is cut off,
        // and aims at what stands still.
        let whole_and_still = "const [element, done] = arguments;
            let last = '', still = 0;
            const look = () => {
                element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
                const { x, y, width, height } = element.getBoundingClientRect();
                const place = [x, y, width, height].join();
                still = place === last ? still + 1 : 0;
                last = place;
                if (still === 3) done(); else setTimeout(look, 30);
            };
            look()";
        self.run_async(whole_and_still, vec![json!(element)]).await;
        match tokio::time::timeout(2 * PATIENCE, element.click()).await {
            Ok(Ok(())) => {}
            // The kind of refusal is in the error's code alone; WebKitWebDriver gives it no words.
            Ok(Err(error)) => self.fail(&format!("{what} cannot be clicked: {error:?}")).await,
            Err(_) => self.fail(&format!("{what} did not answer to a click")).await,
        }
    }

    /// Replaces what a text field holds.
    pub async fn fill(&self, name: &str, text: &str) {
        self.click("textbox", name).await;
        self.press("Control+a").await;
        self.type_text(text).await;
    }

    /// Presses keys together and lets them go, such as `Control+k`, `Enter`, `ArrowDown`.
    pub async fn press(&self, chord: &str) {
        let keys: Vec<char> = chord.split('+').map(key).collect();
        let downs = keys.iter().map(|&value| KeyAction::Down { value });
        let ups = keys.iter().rev().map(|&value| KeyAction::Up { value });
        self.keys(downs.chain(ups)).await;
    }

    /// Types into whatever has the focus.
    pub async fn type_text(&self, text: &str) {
        let both = |value| [KeyAction::Down { value }, KeyAction::Up { value }];
        self.keys(text.chars().map(|c| if c == '\n' { key("Enter") } else { c }).flat_map(both)).await;
    }

    async fn keys(&self, actions: impl Iterator<Item = KeyAction>) {
        let keyboard = actions.fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.answer("keys", self.client.perform_actions(keyboard)).await;
    }

    /// The text that is on screen.
    pub async fn text(&self) -> String {
        self.run("return document.body.innerText", vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page shows these words.
    pub async fn shows(&self, words: &str) {
        self.patiently(|| async {
            let text = self.text().await;
            if text.contains(words) {
                Ok(())
            } else {
                Err(format!("“{words}” is not shown; the page says:\n{text}"))
            }
        })
        .await;
    }

    /// Waits until a CSS selector fits, and gives the text of the first element.
    pub async fn shows_at(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.textContent ?? null";
        self.patiently(|| async {
            let text = self.run(script, vec![json!(selector)]).await;
            text.as_str().map(str::to_owned).ok_or_else(|| format!("nothing fits {selector}"))
        })
        .await
    }

    /// How many elements fit a CSS selector now.
    pub async fn count(&self, selector: &str) -> u64 {
        let script = "return document.querySelectorAll(arguments[0]).length";
        self.run(script, vec![json!(selector)]).await.as_u64().unwrap_or_default()
    }

    /// Waits until a script returns something that counts as true, and gives it; `what` completes "waited for …".
    pub async fn until(&self, what: &str, script: &str) -> Value {
        self.patiently(|| async {
            match self.run(script, vec![]).await {
                Value::Null | Value::Bool(false) => Err(format!("waited for {what}")),
                value => Ok(value),
            }
        })
        .await
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.answer("a script", self.client.execute(script, arguments)).await
    }

    /// Runs a script that gives its result to the function in its last argument.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.answer("a script", self.client.execute_async(script, arguments)).await
    }

    /// Loads the page anew.
    pub async fn reload(&self) {
        self.answer("a reload", self.client.refresh()).await;
    }

    /// The whole document as it is now, what is typed into its fields included.
    pub async fn source(&self) -> String {
        let script =
            "return document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')]
            .map((field) => field.value).join('\\n')";
        self.run(script, vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Keeps a picture as an artefact, `<test>-<name>.png`.
    pub async fn screenshot(&self, name: &str) {
        // The second frame from now has everything that was changed before. WebKit takes its picture with the next one
        // only, and there is none while nothing moves: so a dot of the background's colour does, meanwhile.
        let moving = "const done = arguments[0];
            const dot = document.body.appendChild(document.createElement('i'));
            Object.assign(dot.style, { position: 'fixed', inset: '0 auto auto 0', width: '1px', height: '1px' });
            window.dot = { dot, timer: setInterval(() => {
                dot.style.background = dot.style.background ? '' : getComputedStyle(document.body).backgroundColor;
            }, 30) };
            requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        self.run_async(moving, vec![]).await;
        let picture = self.answer("a screenshot", self.client.screenshot()).await;
        self.run("clearInterval(dot.timer); dot.dot.remove()", vec![]).await;
        fs::write(screenshots().join(format!("{}-{name}.png", self.name)), picture).unwrap();
    }

    pub(crate) async fn answer<T>(&self, to: &str, command: impl Future<Output = Result<T, CmdError>>) -> T {
        in_time(command).await.unwrap_or_else(|error| panic!("the page did not answer to {to}: {error:?}"))
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Asks until it is answered, and otherwise fails with a picture of what was there instead.
    pub(crate) async fn patiently<T, F>(&self, ask: impl FnMut() -> F) -> T
    where
        F: Future<Output = Result<T, String>>,
    {
        match poll(PATIENCE, ask).await {
            Ok(answer) => answer,
            Err(refusal) => self.fail(&format!("after {} s: {refusal}", PATIENCE.as_secs())).await,
        }
    }

    async fn fail(&self, why: &str) -> ! {
        // A page that hangs gives no picture either.
        let _ = tokio::time::timeout(Duration::from_secs(5), self.screenshot("failed")).await;
        panic!("{why}")
    }

    async fn look(&self, role: &str, name: &str) -> Result<Element, String> {
        let script = include_str!("names.js");
        let seen = in_time(self.client.execute(script, vec![json!(role), json!(name)]))
            .await
            .map_err(|error| format!("the {role} “{name}” cannot be looked for: {error}"))?;
        match seen["found"].as_array().map(Vec::as_slice) {
            Some([element]) => Ok(self.element(element)),
            Some([_, _, ..]) => Err(format!("there are several of the {role} “{name}”")),
            _ => Err(format!("there is no {role} “{name}”, only {}", seen["others"])),
        }
    }

    fn element(&self, reference: &Value) -> Element {
        let id = reference[ELEMENT].as_str().expect("an element comes as a reference").to_owned();
        Element::from_element_id(self.client.clone(), id.into())
    }
}

/// A page that hangs must not hang the test.
async fn in_time<T>(command: impl Future<Output = Result<T, CmdError>>) -> Result<T, String> {
    match tokio::time::timeout(2 * PATIENCE, command).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("nothing in {} s", 2 * PATIENCE.as_secs())),
    }
}

/// Where pictures are kept: `BOBBIN_SCREENSHOTS`, or `target/screenshots` of the workspace.
pub(crate) fn screenshots() -> PathBuf {
    let folder = std::env::var_os("BOBBIN_SCREENSHOTS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots"), PathBuf::from);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn key(name: &str) -> char {
    match name {
        "Control" => Key::Control.into(),
        "Shift" => Key::Shift.into(),
        "Alt" => Key::Alt.into(),
        "Enter" => Key::Enter.into(),
        "Escape" => Key::Escape.into(),
        "Tab" => Key::Tab.into(),
        "Delete" => Key::Delete.into(),
        "Backspace" => Key::Backspace.into(),
        "ArrowDown" => Key::Down.into(),
        "ArrowUp" => Key::Up.into(),
        "Home" => Key::Home.into(),
        "F2" => Key::F2.into(),
        _ => {
            let mut letters = name.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => letter,
                _ => panic!("{name} is no key that these tests know"),
            }
        }
    }
}
