//! The page's process ends at random moments, and the page comes back by itself.
//!
//! WebDriver loses a page whose process ends, so all this is done and seen on the display.

mod all;

use std::{
    fs,
    net::TcpStream,
    time::{Duration, Instant},
};

use bobbin_tests::{Area, Decision, Desktop, Layout, Manager, Screen, World, until};
use rand::RngExt as _;
use serde_json::json;

use crate::{
    desktops::{begin_sign_in, is_waiting, shows_more},
    steps::PERSON,
};

/// Nobody else has the port in the test's own network.
const SANDBOX: &str = "127.0.0.1:5001";
const QUERY: &str = "ListBankAccounts";
/// What the editor showed so long before the end is there again.
const KEPT_AFTER: Duration = Duration::from_millis(300);
/// One more within half a minute, and Bobbin asks the person; so it is started anew.
const DEATHS_OF_ONE_START: usize = 2;

/// What is going on when the page's process ends.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Idle,
    Typing,
    SignInWaits,
    RefreshUnderWay,
    RunUnderWay,
}

const MOMENTS: [Moment; 5] =
    [Moment::Idle, Moment::Typing, Moment::SignInWaits, Moment::RefreshUnderWay, Moment::RunUnderWay];

#[tokio::test]
async fn the_page_comes_back_as_it_was_ten_times() {
    comes_back(10).await;
}

#[tokio::test]
async fn a_page_that_ends_three_times_in_half_a_minute_is_explained_by_a_native_message() {
    let world = World::new();
    let screen = Screen::of(&world);
    let _running = screen.start();
    for _ in 0..3 {
        screen.settled("the page before its process ends").await;
        end(&screen).await;
    }
    let message = || screen.has_window("Bobbin cannot show its window").then_some(());
    until("the message", message).await;
    screen.keep("message");
    // “Try again” is what Enter presses.
    screen.press("Return");
    screen.settled("the page that was tried again").await;
    assert!(message().is_none(), "the message is closed");
}

/// Ends the page's process that often, at each kind of moment in turn, and prints how long the page was away.
async fn comes_back(times: usize) {
    let mut world = World::on(Desktop::new(Manager::Openbox, 1366, 768));
    world.set("BOBBIN_READY_FILE", world.path("ready"));
    let person = Person { world: &world, screen: Screen::of(&world) };
    let mut away = Vec::new();
    // The first sign-in is one of the browser, too.
    let (mut sign_ins, mut refreshes, mut runs) = (1, 0, 0);
    let mut running = person.screen.start();
    person.sign_in().await;
    for number in 0..times {
        if number > 0 && number % DEATHS_OF_ONE_START == 0 {
            person.screen.close().await;
            drop(running);
            running = person.screen.start();
            person.starts_the_sandbox().await;
            runs += 1;
        }
        let moment = MOMENTS[number % MOMENTS.len()];
        match moment {
            Moment::SignInWaits => sign_ins += 1,
            Moment::RefreshUnderWay => refreshes += 1,
            Moment::RunUnderWay => runs += 1,
            Moment::Idle | Moment::Typing => {}
        }
        away.push(person.lives_through(moment).await);
    }
    person.screen.close().await;
    drop(running);
    away.sort_unstable();
    println!(
        "page away after {times} ends: median {:.2} s, worst {:.2} s",
        away[times / 2].as_secs_f64(),
        away[times - 1].as_secs_f64()
    );

    let app = world.app().await;
    let wire = app.invoke("wire", json!({})).await;
    let sent = |target: &str| {
        let rows = wire.as_array().expect("Wire is a list").iter();
        rows.filter(|row| row["target"].as_str().is_some_and(|it| it.contains(target))).count()
    };
    assert_eq!(sent("authorization_code"), sign_ins, "each code was sent once");
    assert_eq!(sent("refresh_token"), refreshes, "each refresh token was sent once");
    assert_eq!(sent("/graphql"), runs, "each run was sent once");
}

/// Who sits before the display and lives through it.
struct Person<'a> {
    world: &'a World,
    screen: Screen<'a>,
}

impl Person<'_> {
    /// Brings the page to the moment, ends its process, and holds what comes back against what was there; gives how
    /// long there was no page.
    async fn lives_through(&self, moment: Moment) -> Duration {
        match moment {
            Moment::Idle => {
                self.goes_to(PERSON).await;
                a_moment(1000).await;
                let away = self.sees_it_die().await;
                self.is_at(PERSON).await;
                away
            }
            Moment::Typing => {
                self.goes_to(QUERY).await;
                self.editor().await;
                self.screen.press("ctrl+End");
                self.screen.press("Return");
                let kept = format!("# {}", letters(5..30));
                self.screen.type_text(&kept);
                self.screen.settled_in("what was typed", editor).await;
                tokio::time::sleep(KEPT_AFTER).await;
                self.screen.type_text(&letters(0..10));
                let away = self.sees_it_die().await;
                self.is_at(QUERY).await;
                self.editor().await;
                self.screen.press("ctrl+a");
                self.screen.press("ctrl+c");
                let is_there = || self.screen.clipboard().contains(&kept).then_some(());
                until(&format!("“{kept}”, which was typed, to be in the document"), is_there).await;
                // What is selected has other colors.
                self.screen.press("ctrl+Home");
                away
            }
            Moment::SignInWaits => {
                begin_sign_in(&self.screen).await;
                let page = self.world.opened().await;
                is_waiting(&self.screen).await;
                a_moment(500).await;
                let away = self.sees_it_die().await;
                is_waiting(&self.screen).await;
                self.world.open_link(&page.decide(Decision::Allow).await);
                self.is_at(PERSON).await;
                away
            }
            Moment::RefreshUnderWay => {
                self.goes_to(PERSON).await;
                self.screen.press("ctrl+r");
                self.screen
                    .until("the question", |picture| {
                        let main = picture.layout()?.main;
                        picture.filled(main, "--accent", 60, 12).ok_or_else(|| "nothing to press".to_owned())
                    })
                    .await;
                self.sandbox_is_late(true).await;
                self.screen.press("Return");
                a_moment(2000).await;
                let away = self.sees_it_die().await;
                self.is_at(PERSON).await;
                self.sandbox_is_late(false).await;
                away
            }
            Moment::RunUnderWay => {
                self.goes_to(QUERY).await;
                self.editor().await;
                self.sandbox_is_late(true).await;
                self.screen.press("ctrl+Return");
                a_moment(2000).await;
                let (layout, before) = (self.layout().await, self.screen.picture().expect("a picture"));
                let away = self.sees_it_die().await;
                self.is_at(QUERY).await;
                let response = Area {
                    x: layout.main.x + layout.main.width / 2,
                    width: layout.main.width / 2,
                    ..layout.main
                };
                shows_more(&self.screen, "the response", &before, response, 1000).await;
                self.sandbox_is_late(false).await;
                away
            }
        }
    }

    async fn sign_in(&self) {
        begin_sign_in(&self.screen).await;
        let page = self.world.opened().await;
        self.world.open_link(&page.decide(Decision::Allow).await);
        self.is_at(PERSON).await;
    }

    /// By a run, which needs it.
    async fn starts_the_sandbox(&self) {
        self.goes_to(QUERY).await;
        self.screen.press("ctrl+Return");
        until("the sandbox", || TcpStream::connect(SANDBOX).ok()).await;
    }

    /// With the palette, which lists things and actions.
    async fn goes_to(&self, thing: &str) {
        self.screen.page("the page").await;
        self.screen.press("ctrl+k");
        self.screen.type_text(thing);
        self.screen.press("Return");
        self.is_at(thing).await;
        self.screen.page(thing).await;
    }

    /// The title names what is shown.
    async fn is_at(&self, thing: &str) {
        let shown = || self.screen.title().starts_with(thing).then_some(());
        until(&format!("{thing} to be shown"), shown).await;
    }

    async fn layout(&self) -> Layout {
        self.screen.page("the page").await
    }

    /// Puts the caret into the query's document.
    async fn editor(&self) {
        self.screen.click(editor(&self.layout().await).center());
    }

    async fn sees_it_die(&self) -> Duration {
        let ready = self.world.path("ready");
        let began = Instant::now();
        end(&self.screen).await;
        // Whoever writes it from now on is another page.
        fs::remove_file(&ready).expect("the page was there");
        until("the page again", || ready.exists().then_some(())).await;
        let away = began.elapsed();
        self.screen
            .until("the notice", |picture| match picture.count(picture.layout()?.main, "--warn-text") {
                // Its border.
                500.. => Ok(()),
                count => Err(format!("{count} pixels have a warning's color")),
            })
            .await;
        self.screen.press("Escape");
        away
    }

    /// Whether tokens and answers take three seconds, as its own page would set it.
    async fn sandbox_is_late(&self, late: bool) {
        let sandbox = format!("http://{SANDBOX}");
        let faults: &[&str] = if late { &["token-late", "graphql-late"] } else { &[] };
        let set = reqwest::Client::new().put(format!("{sandbox}/sandbox/faults")).header("origin", &sandbox);
        let set = set.json(&json!({ "active": faults })).send().await.expect("the sandbox answers");
        assert!(set.status().is_success(), "{}", set.status());
    }
}

/// Where the query's document is: the left half of the view, without the splitter and what is below it.
fn editor(layout: &Layout) -> Area {
    let main = layout.main;
    Area { y: main.y + main.height / 6, width: main.width * 2 / 5, height: main.height / 2, ..main }
}

/// A page that is there has one process, and that ends.
async fn end(screen: &Screen<'_>) {
    let ended = until("a process of the page", || screen.kill_page()).await;
    assert_eq!(ended, 1, "processes of the page");
}

/// A random one, as long as this at most.
async fn a_moment(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(rand::rng().random_range(0..milliseconds))).await;
}

fn letters(count: std::ops::Range<usize>) -> String {
    let mut random = rand::rng();
    let count = random.random_range(count);
    (0..count).map(|_| char::from(random.random_range(b'a'..=b'z'))).collect()
}
