//! What people paste from a ticket.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bobbin_tests::App;
use serde_json::{Value, json};

/// The sample of Stitch's documents: expired, and signed with a key that nobody has.
pub(crate) const OLD_ID_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6Im9TbWt2RmhqVWNia0I4MjRrek5fWkEiLCJ0eXAiOiJKV1QifQ.eyJuYmYiOjE1NzYxMzg4OTgsImV4cCI6MTU3NjEzOTE5OCwiaXNzIjoiaHR0cDovL2xvY2FsaG9zdDo1MDAxIiwiYXVkIjoiZjVjYzk0ZWUtZTk1MS00MGQzLWEzMWUtNzk0NjU5ODA2MjMwIiwibm9uY2UiOiJ4eXoiLCJpYXQiOjE1NzYxMzg4OTgsImF0X2hhc2giOiJqcFVVcGh5VWtaQ3diUXNZaG5zNmF3Iiwic19oYXNoIjoidW5nV3Y0OEJ6LXBCUVVEZVhhNGlJdyIsInNpZCI6InM0LWd0WXFNQUFQWkhfcy1tdjBsa3ciLCJzdWIiOiJ1c2VyL2Y1Y2M5NGVlLWU5NTEtNDBkMy1hMzFlLTc5NDY1OTgwNjIzMC9mbmIvOTdjY2M1ZmQtY2I5NS00NjViLWE0ZGMtNzYxMzk2MzNiMDdiIiwiYXV0aF90aW1lIjoxNTc2MTM3MjkxLCJpZHAiOiJsb2NhbCIsImFtciI6WyJwd2QiXX0.nVKdmdOZbNaN1lutLmvaT_nIf1kYKphXNzFHioapDigT3pNwYwmDVGQ54V40kvwJBF8PiQBzfp2hdV1S6ltJqWmnuEtLteg240FimYMdrX1sD3nQKzoMKVkbComY5lnB79QvFc5-dWRCauvZW9LY0mhnXdzRFXhb-Jv21XwzMhE_y21vPAVdPrk0jB7jyk15OZ82RwwlZYhdcBUP7Se4BMvvr4wJJEBWgxAIciFDa6gLqDyL-eInYePjhglV6KrrIHHM9C3PEd1kJJHD6uDkOf3858kS9Nr1Mnj2oNJRvpahWq8VhItsw_5JItfwaTYQoHN25Zk4A0a5Nox6weD-RA";
/// It belongs to that sample.
pub(crate) const OPAQUE: &str = "nXPh9P16drRQLnAmwy9Sf072U81KVNNa6iqduWX6kK4";
/// Vault's sample: 33 characters, which are no base64.
pub(crate) const UNDECODABLE: &str = "eyJraWQiOiJmODAyNjg0OC1mNTJkLTRmY";

/// One text, how Inspect marks it, and what its sentence says.
pub(crate) struct Pasted {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) mark: &'static str,
    pub(crate) says: &'static [&'static str],
}

fn row(
    name: &'static str,
    text: impl Into<String>,
    mark: &'static str,
    says: &'static [&'static str],
) -> Pasted {
    Pasted { name, text: text.into(), mark, says }
}

/// Tokens, whole and in the state in which they arrive.
pub(crate) fn tokens() -> Vec<Pasted> {
    let expired: &[&str] = &["id_token of http://localhost:5001", "it expired at 2019-12-12 08:26:38 UTC"];
    let lines: Vec<_> = OLD_ID_TOKEN.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    let broken_up = lines.join("\n");
    let encrypted = format!("{}.a2V5.aXY.dGV4dA.dGFn", part(&json!({ "alg": "RSA-OAEP", "enc": "A256GCM" })));
    vec![
        row("expired", OLD_ID_TOKEN, "Wrong", expired),
        row("quoted", format!("  \"{OLD_ID_TOKEN}\",\n"), "Wrong", expired),
        row("broken-up", broken_up, "Wrong", expired),
        row("after-bearer", format!("Bearer {OLD_ID_TOKEN}"), "Wrong", expired),
        row("url-encoded", OLD_ID_TOKEN.replace('.', "%2E"), "Wrong", expired),
        row("cut-off-signature", &OLD_ID_TOKEN[..700], "Problem", &["JWT", "cut off"]),
        row("cut-off-payload", &OLD_ID_TOKEN[..300], "Problem", &["JWT", "cut off in the payload"]),
        row("cut-off-header", &OLD_ID_TOKEN[..60], "Problem", &["JWT", "cut off in the header"]),
        row(
            "access-token",
            access_token(),
            "Recognized",
            &["access token (JWT)", "signature was not checked"],
        ),
        row("client-assertion", client_assertion(), "Recognized", &["client assertion of test-1"]),
        row("logout-token", logout_token(), "Recognized", &["logout token of https://a.example"]),
        row("jwe", encrypted, "Recognized", &["encrypted token (JWE, RSA-OAEP with A256GCM)"]),
        row("opaque", OPAQUE, "Recognized", &["opaque token of 43 characters"]),
        row("undecodable", UNDECODABLE, "Problem", &["33 characters", "cannot be decoded"]),
    ]
}

/// Addresses, headers, commands and documents.
pub(crate) fn others() -> Vec<Pasted> {
    let reply = json!({ "id_token": OLD_ID_TOKEN, "access_token": OPAQUE, "expires_in": 900, "token_type": "Bearer" });
    let authorize = "https://secure.stitch.money/connect/authorize?client_id=test-1&scope=openid%20accounts&response_type=code&redirect_uri=https%3A%2F%2Flocalhost%3A9000%2Freturn&state=J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA&code_challenge=FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw&code_challenge_method=S256";
    let curl = format!(
        "curl -X POST https://api.stitch.money/graphql \\\n  -H 'Authorization: Bearer {OPAQUE}' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{{\"query\":\"{{ client {{ id }} }}\"}}'"
    );
    let callback = "https://localhost:9000/return";
    let forbidden = json!({
        "errors": [{ "message": "Token is missing the following scope: balances", "path": ["node", "currentBalance"],
            "extensions": { "code": "FORBIDDEN", "missingScopes": ["balances"] } }],
        "data": { "node": { "currentBalance": null } },
    });
    vec![
        row("token-reply", reply.to_string(), "Wrong", &["reply of a token endpoint", "wrong with id_token"]),
        row(
            "callback",
            format!("{callback}?code=abc&state=xyz"),
            "Recognized",
            &["callback with an authorization code"],
        ),
        row(
            "callback-error",
            format!("{callback}?error=access_denied&state=xyz#_=_"),
            "Problem",
            &["callback with an error", "access_denied"],
        ),
        row("callback-cancelled", format!("{callback}?state=xyz"), "Recognized", &["callback", "cancelled"]),
        row(
            "authorization-url",
            authorize,
            "Problem",
            &["authorization URL for the client test-1", "no nonce"],
        ),
        row(
            "header",
            format!("Authorization: Bearer {OPAQUE}"),
            "Recognized",
            &["Authorization header", "Bearer"],
        ),
        row("curl", curl, "Recognized", &["curl command", "POST to https://api.stitch.money/graphql"]),
        row("graphql", forbidden.to_string(), "Problem", &["GraphQL response", "scope: balances"]),
        row("oauth-error", r#"{"error":"invalid_grant"}"#, "Problem", &["answered invalid_grant"]),
        row("nothing-known", "the customer cannot sign in", "Problem", &["nothing that Bobbin knows"]),
    ]
}

/// The same token with another `sub`, and the signature of the first.
pub(crate) fn tampered(token: &str) -> String {
    let [header, payload, signature] = &token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["sub"] = json!("somebody else");
    format!("{header}.{}.{signature}", part(&claims))
}

fn access_token() -> String {
    let claims = json!({ "iss": "https://a.example", "aud": "https://api.example", "client_id": "test-1",
        "sub": "thandi", "scope": "accounts", "jti": "j", "iat": now(), "exp": now() + 900 });
    token("at+jwt", &claims)
}

fn client_assertion() -> String {
    let claims = json!({ "iss": "test-1", "sub": "test-1", "aud": "https://a.example/token", "jti": "j",
        "iat": now(), "exp": now() + 60 });
    token("JWT", &claims)
}

fn logout_token() -> String {
    let claims = json!({ "iss": "https://a.example", "aud": "test-1", "iat": now(), "exp": now() + 120, "jti": "j",
        "sid": "s", "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
    token("logout+jwt", &claims)
}

/// With a signature of the right length, by nobody.
fn token(typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "kid": "k", "typ": typ });
    format!("{}.{}.{}", part(&header), part(claims), URL_SAFE_NO_PAD.encode([0; 256]))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Pastes a text into Inspect in place of what was there; gives its mark and the sentence about it.
pub(crate) async fn inspect(app: &App, text: &str) -> String {
    clear(app).await;
    app.paste("What to inspect", text).await;
    sentence(app).await
}

pub(crate) async fn clear(app: &App) {
    app.press("Control+l").await;
    app.until("an empty Inspect", "return document.querySelector('main [role=status] h2') === null").await;
}

/// As a screen reader says it, the mark first: `Wrong: An id_token of …`.
pub(crate) async fn sentence(app: &App) -> String {
    let text = app.shows_at("main [role=status] h2").await;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
