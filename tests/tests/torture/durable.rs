//! How long a new pair takes from the reply's last byte to the disk, beside the plainest safe write of its bytes.

use std::{fmt, thread, time::Duration};

use serde_json::json;

use crate::torture::{options::Options, report::Report, scene::Scene, time::shown};

const MEDIAN: &str = "from the reply's last byte to the durable pair, against a bare write: median, times";
const TAIL: &str = "from the reply's last byte to the durable pair, against a bare write: p99, times";

/// In which the disk has nothing of a refresh left to do.
const QUIET: Duration = Duration::from_millis(40);

pub(crate) async fn run(options: &Options, report: &mut Report) {
    let scene = Scene::new().await;
    if let Some(why) = scene.without_disk() {
        [MEDIAN, TAIL].into_iter().for_each(|row| report.missed(row, &why));
        return;
    }
    let rounds = options.rounds(500, 30);
    let mut bobbin = scene.start();
    scene.connect(&mut bobbin);
    let session = scene.sign_in(&mut bobbin).await;
    let first = scene.proxy.count();
    let mut bare = Vec::new();
    for _ in 0..rounds {
        let generation = bobbin.kept(&session).generation;
        bobbin.ask("refresh", json!({ "session": session, "generation": generation })).unwrap();
        // The record of the exchange is written behind the refresh's back.
        thread::sleep(QUIET);
        let bytes = scene.proxy.sent(first).last().unwrap().delivered.len();
        bare.push(bobbin.ask("write", json!({ "bytes": bytes })).unwrap().as_i64().unwrap());
        thread::sleep(QUIET);
    }
    let arrived = scene.proxy.sent(first).into_iter().map(|sent| sent.arrived.unwrap());
    let durable = bobbin.durable();
    assert_eq!(durable.len(), rounds, "each refresh said once that its pair is kept");
    let ours: Vec<i64> =
        durable.into_iter().zip(arrived).map(|(durable, arrived)| durable - arrived).collect();

    let [ours, bare] = [ours, bare].map(Spread::of);
    report.at_most(MEDIAN, ratio(ours.median, bare.median), 2.0);
    report.at_most(TAIL, ratio(ours.p99, bare.p99), 4.0);
    Report::note(format!(
        "durable pair: {ours}; bare write + fsync + rename: {bare} ({})",
        scene.file_system()
    ));
}

struct Spread {
    median: i64,
    p99: i64,
    longest: i64,
}

impl Spread {
    fn of(mut times: Vec<i64>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100];
        Self { median: at(50), p99: at(99), longest: at(100) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, p99, longest } = *self;
        write!(f, "median {}, p99 {}, longest {}", shown(median), shown(p99), shown(longest))
    }
}

#[allow(clippy::cast_precision_loss, reason = "times of seconds, as nanoseconds")]
fn ratio(ours: i64, bare: i64) -> f64 {
    ours as f64 / bare as f64
}
