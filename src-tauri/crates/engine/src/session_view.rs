//! A session as the page shows it, and the words for its parts.

use bobbin_protocol::{
    claims,
    id_token::{Check, Outcome, Verdict},
    jwt,
    preset::Preset,
};
use bobbin_store::{Lifetimes, RefreshMark, RefreshRecord, Session};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use crate::{
    Error, Result,
    skew::access_end,
    view::{
        CheckOutcome, CheckView, ClaimView, ExpirySource, IdTokenView, NamedValue, RefreshRecordView,
        RefreshState, RefreshView, SessionKind, SessionSummary, TokenView,
    },
};

const DAY_S: u32 = 24 * 60 * 60;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Beyond this a lifetime says nothing, and sums of it would overflow: ten years.
const LONGEST_LIFETIME_S: u64 = 10 * 366 * 24 * 60 * 60;

/// When a token of `expires_in` seconds ends; `None` where its lifetime is not known.
pub(crate) fn expiry(issued_at: i64, expires_in: Option<u64>) -> Option<i64> {
    let seconds = i64::try_from(expires_in?.min(LONGEST_LIFETIME_S)).ok()?;
    Some(issued_at.saturating_add(milliseconds(seconds)))
}

pub(crate) fn summary(session: &Session, lifetimes: Lifetimes, now: i64) -> SessionSummary {
    // One that has not begun, or that nobody has verified, is no more of use to a query than one that is over.
    let usable = !session.access_token.expose_secret().is_empty() && unverified(session).is_none();
    SessionSummary {
        id: session.id.clone(),
        label: session.label.clone(),
        connection: session.connection.clone(),
        kind: kind(session.kind),
        access_issued_at: session.access_issued_at,
        access_expires_at: if usable {
            access_end(session, lifetimes, now)
        } else {
            Some(session.access_issued_at)
        },
        scopes: session.scopes_granted.clone(),
    }
}

pub(crate) fn kind(kind: bobbin_store::SessionKind) -> SessionKind {
    match kind {
        bobbin_store::SessionKind::User => SessionKind::User,
        bobbin_store::SessionKind::Client => SessionKind::Client,
        bobbin_store::SessionKind::Manual => SessionKind::Manual,
    }
}

/// `None` until the first refresh of a session that began with a refresh token alone.
///
/// A lifetime that the reply did not name may be known from the provider's credentials file.
pub(crate) fn access(session: &Session, lifetimes: Lifetimes, now: i64) -> Option<TokenView> {
    let token = session.access_token.expose_secret();
    let by_file = session.access_expires_at.is_none() && lifetimes.access_token.is_some();
    (!token.is_empty()).then(|| TokenView {
        issued_at: session.access_issued_at,
        expires_at: access_end(session, lifetimes, now),
        expiry_source: if by_file { ExpirySource::Credentials } else { ExpirySource::Reply },
        format: if jwt::decode(token).is_ok() { "JWT" } else { "opaque" }.to_owned(),
        token_type: session.token_type.clone(),
        masked: masked(&session.access_token),
    })
}

pub(crate) fn refresh(
    session: &Session,
    lifetimes: Lifetimes,
    preset: Option<&Preset>,
) -> Option<RefreshView> {
    session.refresh_token.as_ref()?;
    let (sliding, fixed) = (lifetimes.refresh_token_sliding, lifetimes.refresh_token);
    let by_file = sliding.or(fixed).is_some();
    let preset_days = preset.and_then(|preset| preset.refresh.sliding_days).filter(|_| !by_file);
    let slides = expiry(session.refresh_issued_at, sliding.map(u64::from))
        .or_else(|| preset_days.map(|days| session.refresh_issued_at + i64::from(days) * DAY_MS));
    let ends = expiry(session.created_at, fixed.map(u64::from));
    Some(RefreshView {
        issued_at: session.refresh_issued_at,
        expires_at: slides.into_iter().chain(ends).min(),
        expiry_source: if by_file { ExpirySource::Credentials } else { ExpirySource::Preset },
        sliding_days: sliding.map(|seconds| seconds / DAY_S).filter(|days| *days > 0).or(preset_days),
        single_use: preset.is_some_and(|preset| preset.refresh.single_use),
        generation: session.generation,
        state: match session.refresh_state {
            RefreshMark::Ready => RefreshState::Ready,
            RefreshMark::InFlight { .. } => RefreshState::InFlight,
            RefreshMark::PossiblyConsumed => RefreshState::PossiblyConsumed,
            RefreshMark::Rejected => RefreshState::Rejected,
        },
        consequence: preset.and_then(|preset| preset.refresh.consequence.clone()),
    })
}

/// The member of a kept verdict that says when it was made, in Unix milliseconds.
const CHECKED_AT: &str = "checked_at";
/// The member that a pasted refresh token is known by when it is pasted again.
pub(crate) const BEGUN_WITH: &str = "begun_with";
/// The member that holds the verdict of a refreshed id_token that was not accepted.
const REJECTED: &str = "rejected";

/// The member that says why nobody has verified who signed in; an accepted verdict takes its place.
const UNVERIFIED: &str = "unverified";

pub(crate) fn mark_unverified(session: &mut Session, why: &Error) {
    let verdict = session.verdict.get_or_insert_with(|| json!({}));
    verdict[UNVERIFIED] = why.to_string().into();
}

/// Why nobody has verified who signed in; `None` where somebody has, or nobody asked.
pub(crate) fn unverified(session: &Session) -> Option<&str> {
    session.verdict.as_ref()?.get(UNVERIFIED)?.as_str()
}

/// What is odd about the session's tokens.
pub(crate) fn warnings(session: &Session) -> Vec<String> {
    let unverified = unverified(session).map(|why| format!("Nobody has verified who signed in. {why}"));
    unverified.into_iter().chain(session.warnings.iter().cloned()).collect()
}

/// No query goes out in the name of somebody who was not verified.
pub(crate) fn refuse_unverified(session: &Session) -> Result<()> {
    let Some(why) = unverified(session) else { return Ok(()) };
    Err(Error::new("session_unverified", format!("Nobody has verified who signed in to this session. {why}"))
        .hint(
            "Refresh it: an id_token that passes its checks makes it usable. Or sign in again and delete it.",
        ))
}

/// What is kept of `verdict`: a rejected one stands beside the last accepted one, whose claims still
/// say to whom the session belongs.
pub(crate) fn kept_verdict(before: Option<&Value>, verdict: &Verdict, now: i64) -> Option<Value> {
    let mut made = serde_json::to_value(verdict).ok()?;
    made[CHECKED_AT] = now.into();
    if verdict.accepted() {
        if let Some(begun_with) = before.and_then(|kept| kept.get(BEGUN_WITH)) {
            made[BEGUN_WITH] = begun_with.clone();
        }
        return Some(made);
    }
    let mut kept = before.filter(|kept| kept.is_object()).cloned().unwrap_or_else(|| json!({}));
    kept[REJECTED] = made;
    Some(kept)
}

/// The claims of the last id_token that was accepted.
pub(crate) fn accepted_claims(session: &Session) -> Option<Map<String, Value>> {
    session.verdict.as_ref()?.get("claims")?.as_object().cloned()
}

/// The verdict as it was made; what it says of times is as of then.
///
/// `ahead` are the milliseconds of the provider's clock, so that countdowns end when the token does.
pub(crate) fn id_token(session: &Session, now: i64, ahead: i64) -> Option<IdTokenView> {
    session.id_token.as_ref()?;
    let kept = session.verdict.as_ref()?;
    let newest = kept.get(REJECTED).unwrap_or(kept);
    // A sign-in's verdict was made when the session was.
    let checked_at = newest.get(CHECKED_AT).and_then(Value::as_i64).unwrap_or(session.created_at);
    let verdict: Verdict = serde_json::from_value(newest.clone()).ok()?;
    let header = verdict.header.clone().unwrap_or_default();
    let claims = verdict.claims.clone().unwrap_or_default();
    let time = |name: &str| Some(milliseconds(claims.get(name)?.as_i64()?).saturating_sub(ahead));
    Some(IdTokenView {
        issued_at: time("iat"),
        expires_at: time("exp"),
        alg: text(&header, "alg"),
        verified: verdict.accepted()
            && verdict
                .checks
                .iter()
                .any(|check| check.name == "signature" && check.outcome == Outcome::Passed),
        checked_at,
        claims: self::claims(claims::explain(&claims, (now + ahead) / 1000)),
        header_json: pretty(header),
        payload_json: pretty(claims),
        checks: checks(&verdict),
    })
}

pub(crate) fn claims(explained: Vec<claims::ExplainedClaim>) -> Vec<ClaimView> {
    explained
        .into_iter()
        .map(|claim| ClaimView {
            name: claim.name,
            value: claim.value,
            meaning: claim.meaning,
            time: claim.time.map(milliseconds),
        })
        .collect()
}

/// The verdict of a pasted token, kept whatever it says: nobody relies on it.
pub(crate) fn kept_by_hand(verdict: &Verdict, now: i64) -> Option<Value> {
    let mut made = serde_json::to_value(verdict).ok()?;
    made[CHECKED_AT] = now.into();
    Some(made)
}

pub(crate) fn checks(verdict: &Verdict) -> Vec<CheckView> {
    verdict.checks.iter().map(check).collect()
}

/// "9 passed · 2 skipped".
pub(crate) fn tally(verdict: &Verdict) -> String {
    let count = |outcome: Outcome| verdict.checks.iter().filter(|check| check.outcome == outcome).count();
    let words = [
        (count(Outcome::Passed), "passed"),
        (count(Outcome::Failed), "failed"),
        (count(Outcome::Skipped), "skipped"),
    ];
    words
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect::<Vec<_>>()
        .join(" · ")
}

/// What a session is called until a person renames it: the end user's name if a claim tells it, else the subject.
pub(crate) fn label(verdict: Option<&Verdict>) -> String {
    let claims = verdict.and_then(|verdict| verdict.claims.as_ref());
    claims.and_then(name_in).unwrap_or_else(|| {
        let subject = claims.map(|claims| text(claims, "sub")).unwrap_or_default();
        // Stitch: user/<client>/<bank>/<user>.
        let mut parts = subject.rsplit('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(user), Some(bank), Some(_)) => format!("{} at {bank}", shortened(user)),
            _ if subject.is_empty() => "User tokens".to_owned(),
            _ => shortened(&subject),
        }
    })
}

/// The end user's name in claims of the id_token or the userinfo reply (OIDC Core 5.1).
pub(crate) fn name_in(claims: &Map<String, Value>) -> Option<String> {
    ["name", "preferred_username", "email"]
        .iter()
        .map(|claim| text(claims, claim))
        .find(|name| !name.is_empty())
}

pub(crate) fn extra(session: &Session) -> Vec<NamedValue> {
    session
        .extra
        .iter()
        .map(|(name, value)| NamedValue { name: name.clone(), value: value.clone() })
        .collect()
}

pub(crate) fn history(records: Vec<RefreshRecord>) -> Vec<RefreshRecordView> {
    records
        .into_iter()
        .map(|record| RefreshRecordView {
            at: record.at,
            generation: record.generation,
            ok: record.ok,
            detail: record.detail,
        })
        .collect()
}

fn check(check: &Check) -> CheckView {
    CheckView {
        name: check.name.clone(),
        title: check.title.clone(),
        outcome: match check.outcome {
            Outcome::Passed => CheckOutcome::Passed,
            Outcome::Failed => CheckOutcome::Failed,
            Outcome::Skipped => CheckOutcome::Skipped,
        },
        code: check.code.clone(),
        expected: check.expected.clone(),
        got: check.got.clone(),
        why: check.why.clone(),
        section: check.section.clone(),
        hint: check.hint.clone(),
    }
}

/// Of a number that a provider chose.
fn milliseconds(seconds: i64) -> i64 {
    seconds.saturating_mul(1000)
}

fn text(object: &Map<String, Value>, name: &str) -> String {
    object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn pretty(object: Map<String, Value>) -> String {
    serde_json::to_string_pretty(&Value::Object(object)).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    text.chars().take(24).collect::<String>().split('-').next().unwrap_or_default().to_owned()
}

/// First and last four characters of a long token; nothing of a short one.
fn masked(token: &SecretString) -> String {
    let characters: Vec<char> = token.expose_secret().chars().collect();
    if characters.len() < 24 {
        return "••••".to_owned();
    }
    let head: String = characters[..4].iter().collect();
    let tail: String = characters[characters.len() - 4..].iter().collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests;
