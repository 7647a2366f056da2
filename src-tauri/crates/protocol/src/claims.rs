//! Claims in words: what each says, for a person who does not know the specifications by heart.

mod names;

use serde_json::{Number, Value};

use self::names::fixed;
use crate::{Map, json::display, text::plain};

/// The payload of a token.
pub type Claims = Map;

/// One claim with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedClaim {
    pub name: String,
    /// Strings as they are, all else as JSON.
    pub value: String,
    /// Such as `Signed in by password`.
    pub meaning: String,
    /// For a time: Unix seconds.
    pub time: Option<i64>,
}

/// Explains claims in the token's order. `now` is in Unix seconds.
pub fn explain(claims: &Map, now: i64) -> Vec<ExplainedClaim> {
    claims
        .iter()
        .map(|(name, value)| {
            let time = time(name, value);
            ExplainedClaim {
                name: name.clone(),
                value: display(value),
                meaning: meaning(name, value, time, now),
                time,
            }
        })
        .collect()
}

/// A `NumericDate` (RFC 7519 section 2) as whole Unix seconds; absent beyond the year 9999.
pub(crate) fn numeric_date(number: &Number) -> Option<i64> {
    const YEAR_10000: u64 = 253_402_300_800;
    let seconds = number.as_i64().or_else(|| format!("{:.0}", number.as_f64()?.trunc()).parse().ok())?;
    (seconds.unsigned_abs() < YEAR_10000).then_some(seconds)
}

fn time(name: &str, value: &Value) -> Option<i64> {
    let Value::Number(number) = value else {
        return None;
    };
    matches!(name, "exp" | "iat" | "nbf" | "auth_time" | "updated_at" | "toe")
        .then(|| numeric_date(number))
        .flatten()
}

fn meaning(name: &str, value: &Value, time: Option<i64>, now: i64) -> String {
    let past = time.is_some_and(|time| time <= now);
    let text = match name {
        "sub" => return subject(value),
        "amr" => return methods(value),
        "aud" if value.is_array() => "Audience: the clients it is for",
        "exp" if past => "Expired",
        "nbf" if past => "Valid since",
        "nbf" => "Not valid before",
        _ => fixed(name),
    };
    text.to_owned()
}

/// Stitch's subjects are `user/<client>/<bank>/<id>`.
fn subject(value: &Value) -> String {
    let parts: Vec<&str> = value.as_str().unwrap_or_default().split('/').collect();
    match parts[..] {
        ["user", _, bank, id] => {
            let short = id.split('-').next().unwrap_or(id);
            plain(&format!("Subject: bank {bank}, user {short}"))
        }
        _ => "Subject: who signed in".to_owned(),
    }
}

/// Authentication methods (RFC 8176 section 2).
fn methods(value: &Value) -> String {
    let names: Option<Vec<&str>> =
        value.as_array().and_then(|values| values.iter().map(Value::as_str).collect());
    let words: Vec<String> = names.unwrap_or_default().into_iter().map(method).collect();
    match &words[..] {
        [] => "How the person signed in".to_owned(),
        [only] => format!("Signed in by {only}"),
        [first @ .., last] => format!("Signed in by {} and {last}", first.join(", ")),
    }
}

fn method(name: &str) -> String {
    let word = match name {
        "pwd" => "password",
        "pin" => "PIN",
        "otp" => "one-time password",
        "sms" => "text message",
        "tel" => "telephone call",
        "mfa" => "several factors",
        "mca" => "several channels",
        "hwk" => "hardware key",
        "swk" => "software key",
        "pop" => "proof of possession of a key",
        "sc" => "smart card",
        "fpt" => "fingerprint",
        "face" => "face recognition",
        "iris" => "iris scan",
        "retina" => "retina scan",
        "vbm" => "voice",
        "kba" => "answers to questions",
        "geo" => "location",
        "rba" => "assessment of risk",
        "user" => "test of presence",
        "wia" => "Windows sign-in",
        "external" => "another identity provider",
        other => return plain(other),
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{jwt, samples};

    fn table(claims: &Map, now: i64) -> String {
        let explained = explain(claims, now);
        let lines: Vec<_> =
            explained.iter().map(|claim| format!("{} | {}", claim.name, claim.meaning)).collect();
        lines.join(
            "
",
        )
    }

    fn claims(json: &str) -> Map {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn stitchs_sample_is_explained_in_its_own_order() {
        let sample = jwt::decode(samples::SIGN_IN_ID_TOKEN).unwrap().payload;
        insta::assert_snapshot!(table(&sample, 1_576_138_900), @"
        nbf | Valid since
        exp | Expires
        iss | Issuer
        aud | Audience: the client it is for
        nonce | Replay protection
        iat | Issued
        at_hash | Binds the access token
        s_hash | Binds the state
        sid | Id of the session at the provider
        sub | Subject: bank fnb, user 97ccc5fd
        auth_time | Signed in
        idp | Identity provider
        amr | Signed in by password
        ");
    }

    #[test]
    fn times_are_given_as_unix_seconds_and_say_whether_they_are_past() {
        let claims = claims(r#"{"exp":1576139198.75,"nbf":1576139300,"iat":"soon"}"#);
        let explained = explain(&claims, 1_576_139_198);
        assert_eq!(explained[0].time, Some(1_576_139_198));
        assert_eq!(explained[0].value, "1576139198.75", "the digits are kept");
        assert_eq!(explained[0].meaning, "Expired");
        assert_eq!(explained[1].meaning, "Not valid before");
        assert_eq!(explained[2].time, None, "not a number");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_no_time() {
        for number in ["253402300800", "9223372036854775807", "1e300", "99999999999999999999"] {
            let claims = claims(&format!(r#"{{"exp":{number}}}"#));
            assert_eq!(explain(&claims, 0)[0].time, None, "{number}");
        }
        assert_eq!(explain(&claims(r#"{"exp":1.576e9}"#), 0)[0].time, Some(1_576_000_000));
    }

    #[test]
    fn several_authentication_methods_are_one_sentence() {
        let claims = claims(r#"{"amr":["pwd","otp","x509"]}"#);
        assert_eq!(explain(&claims, 0)[0].meaning, "Signed in by password, one-time password and x509");
        assert_eq!(explain(&claims, 0)[0].value, r#"["pwd","otp","x509"]"#);
    }

    #[test]
    fn claims_of_another_shape_still_have_a_meaning() {
        for json in [
            r#"{"sub":1}"#,
            r#"{"sub":"248289761001"}"#,
            r#"{"amr":"pwd"}"#,
            r#"{"amr":[1]}"#,
            r#"{"http://x":null}"#,
        ] {
            assert!(!explain(&claims(json), 0)[0].meaning.is_empty(), "{json}");
        }
    }
}
