//! The page is loaded again, or its process ends, while something that works once is on its way.

use std::{fs, thread, time::Duration};

use bobbin_tests::{App, Screen, until};
use rand::RngExt as _;

use crate::torture::{
    options::Options,
    proxy::Plan,
    report::Report,
    scene::Scene,
    window::{leg, sessions},
};

const TWICE: &str = "the page reloaded or its process killed during exchange and refresh: sent twice";

/// Whoever would send something again does it by then.
const AFTERWARDS: Duration = Duration::from_millis(700);

pub(crate) async fn run(options: &Options, report: &mut Report) {
    let rounds = options.rounds(100, 4);
    let mut chance = options.chance();
    let mut scene = Scene::new().await;
    let ready = scene.world.path("ready");
    scene.world.set("BOBBIN_READY_FILE", &ready);
    scene.furnish_window();
    let screen = Screen::of(&scene.world);
    let mut app = scene.window().await;
    let mut session = scene.sign_in_by_window(&app).await;
    let (mut twice, mut kills) = (0, 0);
    for round in 0..rounds {
        let latency = chance.random_range(300..=1500);
        let late = chance.random_range(0..=latency);
        scene.proxy.plan(Plan { after: Duration::from_millis(latency), ..Plan::default() });
        let number = scene.spend(&app, leg(round), &session).await;
        thread::sleep(Duration::from_millis(late));
        let _ = fs::remove_file(&ready);
        let is_killed = round % 4 >= 2;
        if is_killed {
            kills += 1;
            screen.kill_page();
        } else {
            app.run("setTimeout(() => location.reload(), 0)", vec![]).await;
        }
        until("the page to be there again", || ready.exists().then_some(())).await;
        scene.proxy.settle();
        thread::sleep(AFTERWARDS);
        let sent = scene.proxy.sent(number);
        if sent.len() > 1 {
            twice += 1;
            Report::note(format!("round {round}: {:?} was sent {} times", leg(round), sent.len()));
        }
        if is_killed {
            // WebDriver has lost its page for good.
            app.kill().await;
            app = scene.window().await;
        }
        session = newest(&app, session).await;
    }
    report.exactly(TWICE, twice, rounds, 0);
    Report::note(format!("{} reloads, {kills} kills", rounds - kills));
}

/// The session that was made last.
async fn newest(app: &App, otherwise: String) -> String {
    sessions(app).await.pop().unwrap_or(otherwise)
}
