//! Bobbin's window, its process, the session bus or the display go away while something that works once is on its way.

use std::{thread, time::Duration};

use bobbin_tests::{App, Desktop, Manager, Signal, World};
use rand::RngExt as _;

use crate::torture::{
    options::Options,
    proxy::Plan,
    report::Report,
    scene::Scene,
    window::{Leg, comes_to_keep, kept_by, leg, sessions},
};

const LOST: &str =
    "window closed, SIGTERM, SIGHUP, bus gone, display killed during exchange and refresh: tokens lost";

const X11: Desktop = Desktop::new(Manager::Openbox, 1440, 900);
const WAYLAND: Desktop = Desktop::new(Manager::WestonHeadless, 1440, 900);

#[derive(Debug, Clone, Copy)]
enum Ending {
    Window,
    Term,
    Hup,
    Bus,
    X11,
    Wayland,
}

const ENDINGS: [Ending; 6] =
    [Ending::Window, Ending::Term, Ending::Hup, Ending::Bus, Ending::X11, Ending::Wayland];

pub(crate) async fn run(options: &Options, report: &mut Report) {
    let rounds = options.rounds(50, 2);
    let endings = if options.short { &ENDINGS[..1] } else { &ENDINGS };
    let mut chance = options.chance();
    let mut lost = 0;
    for ending in endings.iter().copied() {
        let desktop = if matches!(ending, Ending::Wayland) { WAYLAND } else { X11 };
        let mut scene = Scene::on(World::on(desktop)).await;
        scene.furnish_window();
        let mut app = scene.window().await;
        let mut session = scene.sign_in_by_window(&app).await;
        let mut here = 0;
        for round in 0..rounds {
            let latency = chance.random_range(0..=3000);
            let before = chance.random_range(0..=latency);
            scene.proxy.plan(Plan {
                before: Duration::from_millis(before),
                after: Duration::from_millis(latency - before),
                ..Plan::default()
            });
            let number = scene.spend(&app, leg(round), &session).await;
            thread::sleep(Duration::from_millis(chance.random_range(0..=latency)));
            end(&mut scene, app, ending, desktop).await;
            scene.proxy.settle();
            app = scene.window().await;
            let successor = scene.proxy.sent(number)[0].successor.clone();
            let is_kept = match &successor {
                Some(successor) => comes_to_keep(&app, successor).await,
                // A round that the provider refused shows nothing.
                None => {
                    Report::note(format!("{ending:?}, round {round}: the reply carried no successor"));
                    false
                }
            };
            here += usize::from(!is_kept);
            session = usable(&scene, &app, session, leg(round), is_kept).await;
        }
        lost += here;
        Report::note(format!("{ending:?}: {here} of {rounds} lost"));
    }
    report.exactly(LOST, lost, rounds * endings.len(), 0);
}

async fn end(scene: &mut Scene, app: App, ending: Ending, desktop: Desktop) {
    match ending {
        Ending::Window => app.close().await,
        Ending::Term => app.ends_on(Signal::TERM).await,
        Ending::Hup => app.ends_on(Signal::HUP).await,
        Ending::Bus => {
            scene.world.change_bus();
            app.has_ended().await;
        }
        Ending::X11 | Ending::Wayland => {
            scene.world.change_screen(desktop);
            app.has_ended().await;
        }
    }
}

/// A session that can be refreshed in the next round.
async fn usable(scene: &Scene, app: &App, session: String, leg: Leg, is_kept: bool) -> String {
    if leg == Leg::Exchange && is_kept {
        return sessions(app).await.pop().unwrap();
    }
    if kept_by(app, &session).await.state == "ready" { session } else { scene.sign_in_by_window(app).await }
}
