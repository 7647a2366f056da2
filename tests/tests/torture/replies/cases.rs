//! What can be wrong with a reply.

mod transfer;

use std::time::Duration;

use rand::{RngExt as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::{Map, Value, json};

use crate::torture::{proxy::Plan, reply::Reply};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) plan: Plan,
    /// Whether the successor is there to be read; `None` where the plain bytes show it.
    pub(crate) carries: Option<bool>,
}

impl Case {
    fn new(name: impl Into<String>, answer: impl FnOnce(Reply) -> Vec<u8> + Send + 'static) -> Self {
        let plan = Plan { answer: Box::new(answer), ..Plan::default() };
        Self { name: name.into(), plan, carries: None }
    }

    /// The successor can be read, though not from the plain bytes.
    fn carrying(mut self) -> Self {
        self.carries = Some(true);
        self
    }
}

/// So many cases: a third or more of them cuts, the others taken from every kind.
pub(crate) fn choose(count: usize, chance: &mut StdRng) -> Vec<Case> {
    let mut cases: Vec<Case> = [members(), transfer::framings(), transfer::encodings(), refusals(), losses()]
        .into_iter()
        .flatten()
        .collect();
    cases.shuffle(chance);
    cases.truncate(count * 2 / 3);
    let cut = count - cases.len();
    cases.extend((0..cut).map(|nth| cut_off(nth, cut, chance)));
    cases.shuffle(chance);
    cases
}

/// A reply that ends early: the places are spread over all its bytes, and lie elsewhere for each seed.
fn cut_off(nth: usize, of: usize, chance: &mut StdRng) -> Case {
    let within: f64 = chance.random();
    let token_first: bool = chance.random();
    let reset: bool = chance.random_ratio(1, 4);
    let mut case = Case::new(
        format!("cut {nth} of {of}, refresh token first: {token_first}, reset: {reset}"),
        move |reply| {
            let mut bytes = if token_first { with_token_first(reply) } else { reply }.bytes();
            #[allow(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place"
            )]
            let place = (bytes.len() as f64 * (nth as f64 + within) / of as f64) as usize;
            bytes.truncate(place);
            bytes
        },
    );
    case.plan.reset = reset;
    case
}

fn with_token_first(reply: Reply) -> Reply {
    reply.with_json(|json| {
        let mut members: Map<String, Value> = Map::new();
        members.insert("refresh_token".to_owned(), json["refresh_token"].clone());
        members.extend(json.as_object().cloned().unwrap_or_default());
        *json = members.into();
    })
}

/// Members that are missing, of another type or odd in another way; the whole reply comes.
fn members() -> Vec<Case> {
    let values: [(&str, &[Value]); 5] = [
        (
            "expires_in",
            &[
                json!(3599.5),
                json!(-1),
                json!(0),
                json!("3600"),
                json!(""),
                json!("soon"),
                json!(null),
                json!(true),
                json!({}),
                json!([3600]),
                json!(1e300),
                json!(u64::MAX),
            ],
        ),
        (
            "token_type",
            &[
                json!(null),
                json!(""),
                json!("bearer"),
                json!("BEARER"),
                json!("DPoP"),
                json!("N_A"),
                json!(1),
                json!([]),
            ],
        ),
        (
            "scope",
            &[
                json!(1),
                json!(null),
                json!({}),
                json!(["openid", "profile"]),
                json!("openid,profile"),
                json!(""),
            ],
        ),
        (
            "id_token",
            &[
                json!({}),
                json!(null),
                json!(5),
                json!(""),
                json!("x.y.z"),
                json!("eyJhbGciOiJub25lIn0.e30."),
                json!([]),
            ],
        ),
        (
            "access_token",
            &[json!(null), json!(7), json!(""), json!({}), json!("with spaces and \u{7f}"), json!([])],
        ),
    ];
    let mut cases = Vec::new();
    for (name, values) in values {
        cases.push(edited(&format!("no {name}"), move |json| {
            json.as_object_mut().unwrap().remove(name);
        }));
        for value in values.iter().cloned() {
            cases.push(edited(&format!("{name} {value}"), move |json| json[name] = value));
        }
    }
    for (name, value) in [
        ("error", json!("server_error")),
        ("error", json!({})),
        ("deep", (0..60).fold(json!(1), |inner, _| json!([inner]))),
        ("long", json!("x".repeat(100_000))),
        ("number", json!(1e-300)),
        ("", json!("")),
    ] {
        cases.push(edited(&format!("and a member \"{name}\""), move |json| json[name] = value));
    }
    for (name, before, after) in [
        ("a BOM", "\u{feff}", ""),
        ("white space around", "\r\n \t", "\n\n"),
        ("something behind", "", "<!-- ok -->"),
        ("a NUL behind", "", "\0"),
        ("a second object behind", "", "{}"),
        ("a comma behind", "", ","),
    ] {
        cases.push(Case::new(name, move |mut reply| {
            reply.body = [before.as_bytes(), &reply.body, after.as_bytes()].concat();
            reply.bytes()
        }));
    }
    for (name, member) in [
        ("a duplicate member", r#""scope":"openid","#),
        ("a duplicate access token", r#""access_token":"other","#),
        ("an empty refresh token before", r#""refresh_token":"","#),
        ("a number for a refresh token before", r#""refresh_token":7,"#),
        ("a lone surrogate", r#""note":"\ud800","#),
        ("a number that is none", r#""note":NaN,"#),
        ("a control character", "\"note\":\"\u{1}\","),
    ] {
        let at_end = name == "a number that is none";
        cases.push(Case::new(name, move |mut reply| {
            let body = String::from_utf8(reply.body).unwrap();
            let body = if at_end {
                body.replacen('}', &format!(",{}}}", member.trim_end_matches(',')), 1)
            } else {
                body.replacen('{', &format!("{{{member}"), 1)
            };
            reply.body = body.into_bytes();
            reply.bytes()
        }));
    }
    cases.push(
        Case::new("the refresh token in escapes", |mut reply| {
            let token = reply.member("refresh_token").unwrap();
            let escaped: String = token.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
            reply.body = String::from_utf8(reply.body).unwrap().replace(&token, &escaped).into_bytes();
            reply.bytes()
        })
        .carrying(),
    );
    cases.push(
        Case::new("the member's name in escapes", |mut reply| {
            let body = String::from_utf8(reply.body).unwrap();
            reply.body = body.replace("refresh_token", "refresh\\u005ftoken").into_bytes();
            reply.bytes()
        })
        .carrying(),
    );
    for status in [201, 202, 203, 206, 299] {
        cases.push(Case::new(format!("status {status}"), move |mut reply| {
            reply.status = status;
            reply.bytes()
        }));
    }
    cases
}

/// Errors, of the provider or of something in front of it.
fn refusals() -> Vec<Case> {
    let bodies = [
        ("application/json", r#"{"error":"server_error","error_description":"later"}"#),
        ("text/html", "<!doctype html><title>Bad gateway</title>"),
        ("application/json", r#"{"message":"upstream"}"#),
        ("text/plain", ""),
    ];
    let mut cases = Vec::new();
    for status in [500, 501, 502, 503, 504, 507, 520, 599] {
        for (asked, (content_type, body)) in [true, false].into_iter().zip(bodies.iter().copied().cycle()) {
            cases.push(answered(status, content_type, body, asked));
        }
        cases.push(answered(status, bodies[status as usize % 4].0, bodies[status as usize % 4].1, false));
    }
    for (status, error) in [
        (400, "invalid_request"),
        (400, "unsupported_grant_type"),
        (400, "nonsense"),
        (401, "invalid_client"),
        (403, "unauthorized_client"),
        (404, ""),
        (408, ""),
        (413, ""),
        (302, ""),
        (307, ""),
    ] {
        cases.push(answered(status, "application/json", &format!(r#"{{"error":"{error}"}}"#), false));
    }
    for (status, after) in [(429, "1"), (503, "1"), (429, "3600"), (503, "Wed, 21 Oct 2015 07:28:00 GMT")] {
        let mut case = Case::new(format!("{status} with Retry-After: {after}"), move |_| {
            let mut reply = Reply::new(status, "text/plain", "");
            reply.set_header("Retry-After", after);
            reply.bytes()
        });
        case.plan.ask = false;
        cases.push(case);
    }
    cases
}

/// Nothing comes that is a reply.
fn losses() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, bytes) in [
        ("nothing", &b""[..]),
        ("half a status line", b"HTTP/1."),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01"),
        ("HTML without a head", b"<html></html>"),
        ("a head without an end", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"),
        ("an empty success", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("no content", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("null", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull"),
        ("an array", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"),
        ("an empty object", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("HTML", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"),
    ] {
        for (asked, reset) in [(true, false), (false, false), (true, true), (false, true)] {
            let mut case = Case::new(format!("{name}, provider asked: {asked}, reset: {reset}"), move |_| {
                bytes.to_vec()
            });
            (case.plan.ask, case.plan.reset) = (asked, reset);
            cases.push(case);
        }
    }
    let mut late = Case::new("32 s late", |reply| reply.bytes()).lost();
    late.plan.after = Duration::from_secs(32);
    cases.push(late);
    cases
}

impl Case {
    /// Nobody who keeps to HTTP could read a successor out of it.
    fn lost(mut self) -> Self {
        self.carries = Some(false);
        self
    }
}

fn edited(name: &str, change: impl FnOnce(&mut Value) + Send + 'static) -> Case {
    Case::new(name, |reply| reply.with_json(change).bytes())
}

fn answered(status: u16, content_type: &'static str, body: &str, asked: bool) -> Case {
    let body = body.to_owned();
    let mut case = Case::new(format!("{status} {body}, provider asked: {asked}"), move |_| {
        Reply::new(status, content_type, body).bytes()
    });
    case.plan.ask = asked;
    case
}
