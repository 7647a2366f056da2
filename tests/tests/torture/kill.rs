//! Bobbin is killed at random moments of a refresh; what it says afterwards is held against what the provider says.

use std::time::Duration;

use rand::{RngExt as _, rngs::StdRng};
use serde_json::json;

use crate::torture::{
    bobbin::{Bobbin, Kept},
    options::Options,
    proxy::{Plan, Sent},
    report::Report,
    scene::Scene,
    time::{ms, now, shown, sleep_until},
};

const STATES: &str = "kill -9 during a refresh: states after the restart that are not true";
const KEPT: &str = "kill -9 during a refresh: replies that had arrived and whose tokens are not kept";
const TWICE: &str = "the same refresh token sent twice by itself where the first had a reply";

/// How long a reply may be on its way from the socket to the disk, beside the disk's own time.
const GRACE: i64 = ms(20);
/// How long an access token lives, so that a query after a restart has to refresh.
const LIFETIME_S: u64 = 1;
/// What an access token is old enough after, by everyone's clock.
const EXPIRED: i64 = ms(1_050);

/// What is counted over all rounds.
#[derive(Default)]
struct Counts {
    untrue: usize,
    /// How long before the kill each reply had arrived whose tokens are not kept.
    lost: Vec<i64>,
    /// The same for tokens that were sent again by itself.
    repeated: Vec<i64>,
    slowest_write: i64,
    /// Old token ready, new pair kept, in doubt.
    outcomes: [usize; 3],
}

pub(crate) async fn run(options: &Options, report: &mut Report) {
    let scene = Scene::new().await;
    if let Some(why) = scene.without_disk() {
        [STATES, KEPT, TWICE].into_iter().for_each(|row| report.missed(row, &why));
        return;
    }
    scene.proxy.shorten_lifetimes(LIFETIME_S);
    let rounds = options.rounds(1000, 8);
    let mut chance = options.chance();
    let mut counts = Counts::default();

    let mut bobbin = scene.start();
    scene.connect(&mut bobbin);
    let mut session = scene.sign_in(&mut bobbin).await;
    for round in 0..rounds {
        // One that is in doubt had its only token on the way when the process ended: nobody could have kept it.
        session = scene.usable(&mut bobbin, session).await;
        bobbin = kill_during_refresh(&scene, bobbin, &session, &mut chance, &mut counts, round).await;
    }
    drop(bobbin);

    let grace = GRACE + counts.slowest_write;
    let late = |gaps: &[i64]| gaps.iter().filter(|gap| **gap > grace).count();
    report.exactly(STATES, counts.untrue, rounds, 0);
    report.exactly(KEPT, late(&counts.lost), rounds, 0);
    report.exactly(TWICE, late(&counts.repeated), rounds, 0);
    let [ready, new, doubtful] = counts.outcomes;
    Report::note(format!(
        "after the kill: {ready} with the old token, {new} with the new pair, {doubtful} in doubt"
    ));
    Report::note(format!(
        "{} replies were lost that had arrived, at most {} before the kill; the slowest bare write took {} ({})",
        counts.lost.len(),
        shown(counts.lost.iter().copied().max().unwrap_or(0)),
        shown(counts.slowest_write),
        scene.file_system(),
    ));
}

async fn kill_during_refresh(
    scene: &Scene,
    mut bobbin: Bobbin,
    session: &str,
    chance: &mut StdRng,
    counts: &mut Counts,
    round: usize,
) -> Bobbin {
    let written = bobbin.ask("write", json!({ "bytes": 4096 })).unwrap().as_i64().unwrap();
    counts.slowest_write = counts.slowest_write.max(written);

    let before = bobbin.kept(session);
    let latency = chance.random_range(0..=300);
    let on_the_way = chance.random_range(0..=latency);
    scene.proxy.plan(Plan {
        before: Duration::from_millis(on_the_way),
        after: Duration::from_millis(latency - on_the_way),
        ..Plan::default()
    });
    let first = scene.proxy.count();
    // From before the mark until after the id_token was checked.
    let lives = chance.random_range(0..=ms(latency.cast_signed() + 120));
    bobbin.tell("refresh", json!({ "session": session, "generation": before.generation }));
    sleep_until(now() + lives);
    // The process that sends goes on in every other round.
    let killed = if round % 2 == 0 { bobbin.kill() } else { bobbin.kill_with_senders() };

    let mut bobbin = scene.start();
    // The provider may still be at it.
    scene.proxy.settle();
    let sent = scene.proxy.sent(first);
    scene.proxy.forget_plans();
    let after = bobbin.kept(session);
    match truth(scene, &before, &after, sent.first()).await {
        Ok(outcome) => counts.outcomes[outcome] += 1,
        Err(lie) => {
            counts.untrue += 1;
            Report::note(format!("round {round}: {lie}"));
        }
    }
    let arrived = sent.first().and_then(|sent| sent.arrived).filter(|arrived| *arrived < killed);
    if let Some(arrived) = arrived
        && sent[0].successor.as_ref().is_some_and(|successor| *successor != after.refresh_token)
    {
        counts.lost.push(killed - arrived);
    }

    // A query refreshes by itself, where the access token that is kept has expired.
    let second = scene.proxy.count();
    sleep_until(killed + EXPIRED);
    let _ = bobbin.ask("query", json!({ "session": session }));
    let again = scene.proxy.sent(second);
    if let Some(arrived) = arrived.filter(|_| again.iter().any(|again| again.spent == before.refresh_token)) {
        counts.repeated.push(killed - arrived);
    }
    if again.len() > 1 {
        // Nothing ended in between.
        counts.repeated.push(i64::MAX);
    }
    bobbin
}

/// Which of the three true states this is, or what is not true.
async fn truth(scene: &Scene, before: &Kept, after: &Kept, sent: Option<&Sent>) -> Result<usize, String> {
    let provider = scene.refresh_token_state(&after.refresh_token).await;
    let is_old = after.refresh_token == before.refresh_token;
    let is_new = sent.and_then(|sent| sent.successor.as_ref()) == Some(&after.refresh_token);
    match after.state.as_str() {
        "ready" if provider == "ready" && is_old => Ok(0),
        "ready" if provider == "ready" && is_new => Ok(1),
        "in_flight" | "possibly_consumed" if is_old => Ok(2),
        state => Err(format!(
            "{state}, and the provider says {provider} (old token: {is_old}, new token: {is_new}, sent: {})",
            sent.is_some()
        )),
    }
}
