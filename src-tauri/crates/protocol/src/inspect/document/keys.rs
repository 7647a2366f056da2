//! Key sets and single keys.

use serde_json::Value;

use crate::{
    Map,
    inspect::{Inspection, Kind, Part, Row},
    jwks::read_keys,
    text::plain,
};

pub(super) fn inspect(members: &Map) -> Inspection {
    let one;
    let keys: &[Value] = if let Some(keys) = members.get("keys").and_then(Value::as_array) {
        keys
    } else {
        one = [Value::Object(members.clone())];
        &one
    };
    let mut found = Inspection::new(Kind::Jwks, "");
    let set = read_keys(keys);
    for warning in set.warnings() {
        let private = warning.contains("private part");
        found.problem(
            warning.clone(),
            private.then_some(
                "Treat the key as known to everybody: replace it, and give away only its public members.",
            ),
        );
    }
    let usable = set.len();
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
