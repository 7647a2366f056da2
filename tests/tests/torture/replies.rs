//! Replies to a refresh that are lost, cut, wrong or odd: the successor is kept wherever it came, and a person can go on.

mod cases;

use serde_json::json;

use self::cases::Case;
use crate::torture::{options::Options, report::Report, scene::Scene};

const DROPPED: &str = "replies lost, cut at every byte, 5xx, odd members, wrong encodings: successor dropped";
const UNUSABLE: &str =
    "replies lost, cut at every byte, 5xx, odd members, wrong encodings: session unusable by hand";

pub(crate) async fn run(options: &Options, report: &mut Report) {
    let scene = Scene::new().await;
    let rounds = options.rounds(300, 40);
    let cases = cases::choose(rounds, &mut options.chance());
    let mut bobbin = scene.start();
    scene.connect(&mut bobbin);
    let mut session = scene.sign_in(&mut bobbin).await;
    let (mut dropped, mut unusable, mut carried) = (0, 0, 0);
    for case in cases {
        session = scene.usable(&mut bobbin, session).await;
        let Case { name, plan, carries } = case;
        let before = bobbin.kept(&session);
        let first = scene.proxy.count();
        scene.proxy.plan(plan);
        let said = bobbin.ask("refresh", json!({ "session": session, "generation": before.generation }));
        scene.proxy.settle();
        let sent = scene.proxy.sent(first);
        let after = bobbin.kept(&session);
        // A server that asked to wait got a second request.
        let came = sent.iter().rev().find_map(|sent| {
            let successor = sent.successor.as_ref()?;
            carries.unwrap_or_else(|| holds(&sent.delivered, successor)).then(|| successor.clone())
        });
        carried += usize::from(came.is_some());
        let expected = came.unwrap_or_else(|| before.refresh_token.clone());
        if after.refresh_token != expected {
            dropped += 1;
            Report::note(format!("dropped, {name}: {said:?}, {}", after.state));
        }

        let good = scene.refresh_token_state(&after.refresh_token).await == "ready";
        let second = scene.proxy.count();
        let by_hand = bobbin.ask("refresh", json!({ "session": session, "generation": after.generation }));
        let was_sent = scene.proxy.sent(second).iter().any(|sent| sent.spent == after.refresh_token);
        if !was_sent || (good && by_hand.is_err()) {
            unusable += 1;
            Report::note(format!(
                "unusable, {name}: {said:?}, then {by_hand:?}; sent: {was_sent}, good: {good}"
            ));
        }
    }
    report.exactly(DROPPED, dropped, rounds, 0);
    report.exactly(UNUSABLE, unusable, rounds, 0);
    Report::note(format!("{carried} of the {rounds} replies carried a successor that could be read"));
}

/// Whether a success with the whole refresh token in it was delivered, as far as plain text shows that.
fn holds(delivered: &[u8], successor: &str) -> bool {
    let text = String::from_utf8_lossy(delivered);
    let member = format!("\"refresh_token\":\"{successor}\"");
    text.starts_with("HTTP/1.1 2")
        && text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.contains(&member))
}
