//! `id_token`s that must not be accepted, each with the reason code that it must be refused with.

mod audience;
mod format;
mod hashes;
mod key_set;
mod refresh;
mod signature;
mod times;

use crate::draft::{Draft, Row, distinct, failures, report};

#[test]
fn no_wrong_id_token_is_accepted_and_each_is_refused_for_its_own_reason() {
    let tables = [
        signature::CASES,
        key_set::CASES,
        format::CASES,
        audience::CASES,
        times::CASES,
        hashes::CASES,
        refresh::CASES,
    ];
    let cases: Vec<&Row<&str>> = tables.into_iter().flatten().collect();
    distinct(cases.iter().map(|case| case.0));
    let mut accepted = Vec::new();
    let mut misjudged = Vec::new();
    for (name, code, section, make) in &cases {
        let verdict = make(Draft::sign_in()).verdict();
        let failed = failures(&verdict);
        if verdict.accepted() {
            accepted.push(format!("{name} ({section}) was accepted"));
        } else if failed != [*code] {
            misjudged.push(format!("{name} ({section}): expected {code}, got {failed:?}"));
        }
        for check in &verdict.checks {
            let said = [&check.title, &check.why, &check.section, &check.expected, &check.got];
            assert!(said.iter().all(|text| !text.is_empty()), "{name}: {check:?}");
        }
        let failure = verdict.first_failure();
        assert!(failure.is_none_or(|check| check.hint.is_some()), "{name}: what to do is not said");
    }
    report("id_token negative", cases.len(), 120, &accepted, "accepted");
    assert!(misjudged.is_empty(), "{}", misjudged.join("\n"));
}
