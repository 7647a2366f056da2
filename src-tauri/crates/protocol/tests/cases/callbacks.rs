//! Callbacks that must not sign anyone in, as any process of this computer could send them.

mod table;

use bobbin_protocol::callback::{CallbackOutcome, parse, parse_pasted};

use self::table::{
    CASES,
    Input::{self, Loopback, Pasted, Query},
    LOOPBACK, REDIRECT_URI, STATE,
};
use crate::draft::{ISSUER, distinct, report};

/// The order in which a client looks: form, state, address, issuer, and what it says.
fn judge(input: &Input) -> Result<(), &'static str> {
    let text = input.text();
    let (parsed, redirect_uri) = match input {
        Loopback(_) => (parse(&text), LOOPBACK),
        Pasted(_) => (parse_pasted(&text), REDIRECT_URI),
        _ => (parse(&text), REDIRECT_URI),
    };
    let callback = parsed.map_err(|error| error.code())?;
    match callback.state.as_deref() {
        None => return Err("callback_without_state"),
        Some(state) if state != STATE => return Err("callback_unknown_state"),
        Some(_) => {}
    }
    if !callback.matches(redirect_uri) {
        return Err("callback_other_redirect_uri");
    }
    callback.check_issuer(ISSUER, true).map_err(|error| error.code())?;
    match callback.outcome {
        CallbackOutcome::Code(_) => Ok(()),
        CallbackOutcome::Error { .. } => Err("error"),
        CallbackOutcome::StateOnly => Err("cancelled"),
    }
}

#[test]
fn no_hostile_callback_is_accepted() {
    distinct(CASES.iter().map(|case| case.0));
    let mut accepted = Vec::new();
    let mut misjudged = Vec::new();
    for (name, code, section, input) in CASES {
        match judge(input) {
            Ok(()) => accepted.push(format!("{name} ({section}) was accepted")),
            Err(got) if got != *code => {
                misjudged.push(format!("{name} ({section}): expected {code}, got {got}"));
            }
            Err(_) => {}
        }
    }
    report("callbacks", CASES.len(), 60, &accepted, "accepted");
    assert!(misjudged.is_empty(), "{}", misjudged.join("\n"));
}

/// So that the table fails for the reason it names, and not because nothing passes.
#[test]
fn the_right_callback_is_accepted_in_each_way_it_comes() {
    let all = [
        Query("*"),
        Query("*#_=_"),
        Query("*&scope=openid&session_state=x&unknown"),
        Loopback("http://127.0.0.1:8765/callback?*"),
        Pasted(" 'dev.bobbin.workbench:/oauth/callback?*'\n"),
        Pasted("?*"),
        Pasted("*"),
    ];
    for (index, input) in all.iter().enumerate() {
        assert_eq!(judge(input), Ok(()), "{index}");
    }
}
