//! A person before a display: sees what the display shows, and has its mouse and keyboard. The application is started
//! as a person starts it, and does not know that it is watched.

use std::{
    fs,
    process::{Command, Stdio},
};

use rustix::process::Signal;

use crate::{
    app::program,
    desktop::Manager,
    page::screenshots,
    picture::{Area, Layout, Picture},
    process::{Process, is_running, kill, of_world, signal},
    wait::{PATIENCE, poll, until, until_now},
    world::World,
};

/// A blinking caret has not more pixels.
const CARET: usize = 60;

/// A world's display and what is done at it.
pub struct Screen<'a> {
    world: &'a World,
}

impl<'a> Screen<'a> {
    pub fn of(world: &'a World) -> Self {
        Self { world }
    }

    /// Starts the application.
    pub fn start(&self) -> Running {
        self.run(&mut self.world.command(program()))
    }

    /// Starts another program with a window.
    pub fn start_beside(&self) -> Running {
        let mut command = if self.world.desktop().manager.is_wayland() {
            self.world.command("weston-flower")
        } else {
            self.world.command("xev")
        };
        self.run(&mut command)
    }

    fn run(&self, command: &mut Command) -> Running {
        Running { _process: Process::start(command, &self.world.path("logs")) }
    }

    /// The application's own process, however it was started.
    pub async fn application(&self) -> i32 {
        let program = program();
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        until("the application to run", || of_world(&self.world.mark(), &name).first().copied()).await
    }

    /// Ends the application, as a power cut would.
    pub async fn kill(&self) {
        let process = self.application().await;
        kill(process);
        until("the application to be gone", || (!is_running(process)).then_some(())).await;
    }

    /// Lets the page hang: its process is there and does nothing.
    pub fn stop_page(&self) {
        for process in self.page_processes() {
            signal(process, Signal::STOP);
        }
    }

    /// Ends the page's process, as a crash would; gives how many it had, or `None` where there is none yet.
    pub fn kill_page(&self) -> Option<usize> {
        let processes = self.page_processes();
        processes.iter().copied().for_each(kill);
        (!processes.is_empty()).then_some(processes.len())
    }

    pub(crate) fn page_processes(&self) -> Vec<i32> {
        of_world(&self.world.mark(), "WebKitWebProcess")
    }

    /// What the display shows now.
    pub fn picture(&self) -> Result<Picture, String> {
        Picture::parse(&self.take("ppm:-")?).ok_or_else(|| "no picture of the display".to_owned())
    }

    /// Waits until what is on the display is as wanted; fails with what is there instead.
    pub async fn until<T>(&self, what: &str, mut see: impl FnMut(&Picture) -> Result<T, String>) -> T {
        let seen = poll(PATIENCE, || {
            let seen = self.picture().and_then(|picture| see(&picture));
            async { seen }
        });
        match seen.await {
            Ok(seen) => seen,
            Err(refusal) => {
                self.keep("refused");
                panic!("{what}: after {} s: {refusal}", PATIENCE.as_secs())
            }
        }
    }

    /// Waits until the whole page is there.
    pub async fn page(&self, when: &str) -> Layout {
        self.until(when, Picture::layout).await
    }

    /// Waits until the whole page is there and its main part changes no more; gives its picture too. The sidebar has
    /// clocks.
    pub async fn settled(&self, when: &str) -> (Layout, Picture) {
        self.settled_in(when, |layout| layout.main).await
    }

    /// The same for another part of the page.
    pub async fn settled_in(&self, when: &str, part: impl Fn(&Layout) -> Area) -> (Layout, Picture) {
        let mut last: Option<Picture> = None;
        self.until(when, |picture| {
            let layout = picture.layout()?;
            let before = last.replace(picture.clone());
            let still = before.is_some_and(|before| picture.changed(&before, part(&layout)) <= CARET);
            if still { Ok((layout, picture.clone())) } else { Err("the page changes".to_owned()) }
        })
        .await
    }

    /// Waits until no page is there.
    pub async fn no_page(&self, when: &str) {
        self.until(when, |picture| match picture.layout() {
            Ok(layout) => Err(format!("the page is still there, at {:?}", layout.page)),
            Err(_) => Ok(()),
        })
        .await;
    }

    /// Keeps a picture of the display as an artifact.
    pub fn keep(&self, name: &str) {
        // It is only to be looked at.
        let file = screenshots().join(format!("{}-{name}-display.png", self.world.name()));
        let _ = self.take(&file.to_string_lossy());
    }

    pub fn click(&self, (x, y): (usize, usize)) {
        self.hand(&["mousemove", &x.to_string(), &y.to_string()]);
        self.hand(&["click", "1"]);
    }

    pub fn drag(&self, from: (usize, usize), to: (usize, usize)) {
        let steps = 8;
        // A window must see the pointer come before it knows what is taken hold of.
        for near in [4, 2, 0] {
            self.hand(&[
                "mousemove",
                &(from.0 - near).to_string(),
                &(from.1 - near).to_string(),
                "sleep",
                "0.1",
            ]);
        }
        self.hand(&["mousedown", "1", "sleep", "0.1"]);
        for step in 1..=steps {
            let between = |from: usize, to: usize| (from * (steps - step) + to * step) / steps;
            let (x, y) = (between(from.0, to.0), between(from.1, to.1));
            self.hand(&["mousemove", &x.to_string(), &y.to_string(), "sleep", "0.03"]);
        }
        self.hand(&["mouseup", "1"]);
    }

    /// Presses keys together, in X's names: `ctrl+k`, `Return`.
    pub fn press(&self, chord: &str) {
        self.hand(&["key", "--clearmodifiers", chord]);
    }

    pub fn press_times(&self, key: &str, times: usize) {
        self.hand(&["key", "--repeat", &times.to_string(), "--delay", "15", key]);
    }

    pub fn type_text(&self, text: &str) {
        self.hand(&["type", "--delay", "30", text]);
    }

    /// Gives a command of the window manager about the application's window.
    pub fn manage(&self, command: &str, numbers: &[&str]) {
        self.hand(&[&[command, self.window().as_str()], numbers].concat());
    }

    /// The same for one that is minimized.
    pub fn restore(&self) {
        for window in self.ask(&["search", "--name", "Bobbin$"]).lines() {
            self.hand(&["windowactivate", window]);
        }
    }

    /// Closes the application's window as the window manager does.
    pub async fn close(&self) {
        let process = self.application().await;
        self.manage("windowactivate", &[]);
        self.press("alt+F4");
        until("the application to end", || (!is_running(process)).then_some(())).await;
    }

    /// A double click on the title bar: maximizes the window, or gives it its size back.
    pub async fn maximize(&self) {
        let Area { x, y, width, .. } = self.page("the page below the title bar").await.page;
        self.hand(&["mousemove", &(x + width / 2).to_string(), &y.saturating_sub(10).to_string()]);
        self.hand(&["click", "--repeat", "2", "--delay", "60", "1"]);
    }

    /// The middle one of the three kinds of button with which a window on Wayland draws its own title bar.
    pub async fn click_minimize(&self) {
        let Area { x, y, width, .. } = self.page("the page before its window is minimized").await.page;
        self.click((x + width - 84, y - 23));
    }

    /// The text that was copied last.
    pub fn clipboard(&self) -> String {
        let mut paste = self.world.on_display("xclip");
        let pasted = paste.args(["-out", "-selection", "clipboard"]).stdout(Stdio::piped()).output();
        String::from_utf8_lossy(&pasted.expect("xclip can be run").stdout).into_owned()
    }

    /// Whether a window with this title is shown.
    pub fn has_window(&self, title: &str) -> bool {
        !self.ask(&["search", "--onlyvisible", "--name", title]).trim().is_empty()
    }

    /// What the window's title bar says.
    pub fn title(&self) -> String {
        self.ask(&["getwindowname", &self.window()]).trim().to_owned()
    }

    /// Where the window is, without what the window manager puts around it.
    pub fn window_area(&self) -> Area {
        let told = self.ask(&["getwindowgeometry", "--shell", &self.window()]);
        let number = |name: &str| {
            let value =
                told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
            value.unwrap_or_else(|| panic!("the window has no {name} in 0 or more: {told}"))
        };
        Area { x: number("X"), y: number("Y"), width: number("WIDTH"), height: number("HEIGHT") }
    }

    fn window(&self) -> String {
        // A search ends without an answer when some window is closed meanwhile.
        until_now("the application's window", || {
            let windows = self.ask(&["search", "--onlyvisible", "--class", "bobbin"]);
            windows.lines().last().map(str::to_owned)
        })
    }

    fn hand(&self, arguments: &[&str]) {
        self.ask(arguments);
    }

    fn ask(&self, arguments: &[&str]) -> String {
        let mut command = self.world.on_display("xdotool");
        let output = command.args(arguments).stdout(Stdio::piped()).output().expect("xdotool can be run");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The display's picture, by ImageMagick's name of a file or a format.
    fn take(&self, to: &str) -> Result<Vec<u8>, String> {
        let in_memory = self.world.desktop().manager == Manager::WestonHeadless;
        let folder = tempfile::tempdir_in(self.world.path("tmp")).map_err(|error| error.to_string())?;
        let mut taking = if in_memory {
            // The compositor writes its picture to the folder that the program was started in.
            let asked = self.world.command("weston-screenshooter").current_dir(&folder).status();
            asked.map_err(|error| error.to_string())?;
            let written = fs::read_dir(&folder).ok().and_then(|mut files| files.next()?.ok());
            let mut convert = self.world.on_display("convert");
            convert.arg(written.ok_or("the compositor gave no picture")?.path());
            convert
        } else {
            let mut import = self.world.on_display("import");
            import.args(["-window", "root"]);
            import
        };
        let taken = taking.args(["-depth", "8", to]).stdout(Stdio::piped()).output();
        taken.map(|output| output.stdout).map_err(|error| error.to_string())
    }
}

/// A program with a window; ends when dropped.
pub struct Running {
    _process: Process,
}
