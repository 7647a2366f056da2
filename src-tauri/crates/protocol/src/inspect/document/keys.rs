//! Key sets and single keys.

use serde_json::{Value, json};

use crate::{
    Map,
    http::HttpReply,
    inspect::{Inspection, Kind, Part, Row},
    jwks::process_jwks,
    text::plain,
};

pub(super) fn inspect(members: &Map) -> Inspection {
    let one = [Value::Object(members.clone())];
    let keys: &[Value] = members.get("keys").and_then(Value::as_array).map_or(&one, Vec::as_slice);
    let mut found = Inspection::new(Kind::Jwks, "");
    let body = json!({ "keys": keys }).to_string().into_bytes();
    let usable = match process_jwks(&HttpReply { status: 200, headers: Vec::new(), body }) {
        Ok(set) => {
            for warning in set.warnings() {
                let private = warning.contains("private part");
                found.problem(warning.clone(), private.then_some(
                    "Treat the key as known to everybody: replace it, and give away only its public members.",
                ));
            }
            set.len()
        }
        Err(error) => {
            found.problem(error.to_string(), None);
            0
        }
    };
    found.parts.push(Part::rows("Keys", keys.iter().map(row)));
    if usable == 0 {
        found.problem("No key in it can verify a signature.", None);
    }
    let what = match keys.len() {
        _ if !members.contains_key("keys") => "A single key (JWK)".to_owned(),
        1 => "A key set (JWKS) with 1 key".to_owned(),
        count => format!("A key set (JWKS) with {count} keys, of which {usable} can verify signatures"),
    };
    found.conclude(&what, "");
    found
}

fn row(key: &Value) -> Row {
    let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = [text("kty"), text("crv"), text("alg")].join(" ");
    let meaning = match text("use") {
        "sig" => "For signatures",
        "enc" => "For encryption",
        _ => "For whatever fits it",
    };
    let name = if text("kid").is_empty() { "(no kid)" } else { text("kid") };
    Row::new(name, &plain(&kind), meaning)
}
