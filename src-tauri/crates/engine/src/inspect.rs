//! Inspect: what a pasted text is, and what is wrong with it. Nothing of it is kept or recorded.

use bobbin_protocol::{
    id_token::Outcome,
    inspect::{self, Given, Inspection},
    jwks::{Jwks, read_pasted},
};

use crate::{
    Engine, Error, Result,
    provider::Provider,
    session_view, skew,
    view::{InspectPart, InspectProblemView, InspectRequest, InspectRow, InspectionView},
};

impl Engine {
    /// Recognises, decodes and checks as far as what was given allows.
    ///
    /// Only `fetch_keys` makes a request, and that one asks a connection's issuer for its public keys.
    pub async fn inspect(&self, request: InspectRequest) -> Result<InspectionView> {
        let provider = match request.connection.as_deref() {
            Some(slug) if request.fetch_keys => Some(self.provider(slug).await?),
            Some(slug) => Some(self.provider_at_rest(slug)?),
            None => None,
        };
        let pasted = request.keys.as_deref().map(str::trim).filter(|keys| !keys.is_empty());
        let keys = match (pasted, &provider) {
            (Some(text), _) => Some(pasted_keys(text)?),
            (None, Some(provider)) if request.fetch_keys => Some(self.fetch_keys(provider).await?),
            (None, Some(provider)) => self.known_keys(provider),
            (None, None) => None,
        };
        // A sandbox that does not run yet has no endpoints, and is started when its keys are asked for.
        let has_keys = |provider: &Provider| provider.has("jwks_uri") || provider.is_sandbox();
        let keys_wanted = keys.is_none() && provider.as_ref().is_some_and(has_keys);
        let issuer = provider.as_ref().and_then(|provider| provider.issuer().ok());
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let (nonce, state) = (given(&request.nonce), given(&request.state));
        let (code, access_token) = (given(&request.code), given(&request.access_token));
        let now = self.now();
        let ahead = provider.as_ref().map_or(0, |provider| self.clock_ahead(provider));
        let inspection = inspect::inspect(
            &request.text,
            &Given {
                now: (now + skew::followed(ahead)) / 1000,
                issuer: issuer.as_deref(),
                client_id: provider.as_ref().map(Provider::client_id),
                keys: keys.as_ref(),
                nonce: nonce.as_deref(),
                state: state.as_deref(),
                code: code.as_deref(),
                access_token: access_token.as_deref(),
            },
        );
        let (clock_ahead_ms, clock_off_ms) = skew::for_page(ahead);
        Ok(InspectionView { clock_ahead_ms, clock_off_ms, ..view(inspection, keys_wanted) })
    }
}

/// A JWKS, one JWK, or PEM with certificates or public keys.
fn pasted_keys(text: &str) -> Result<Jwks> {
    read_pasted(text).map_err(|error| {
        Error::new("inspect_keys_unusable", format!("What was pasted as keys cannot be used. {error}"))
            .hint("Paste a JWKS (JSON with a member keys), or a certificate in PEM.")
    })
}

const FETCH: &str = "Fetch the connection's keys, or paste a JWKS or the signer's certificate.";

fn view(mut inspection: Inspection, keys_wanted: bool) -> InspectionView {
    let checks = inspection.verdict.iter_mut().flat_map(|verdict| &mut verdict.checks);
    let unsigned = checks.filter(|check| check.name == "signature" && check.outcome == Outcome::Skipped);
    for check in unsigned.filter(|_| keys_wanted) {
        check.hint = Some(FETCH.to_owned());
    }
    let kind = serde_json::to_value(inspection.kind).ok();
    InspectionView {
        kind: kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default(),
        place: inspection.place,
        summary: inspection.summary,
        problems: inspection
            .problems
            .into_iter()
            .map(|problem| InspectProblemView { message: problem.message, hint: problem.hint })
            .collect(),
        parts: inspection
            .parts
            .into_iter()
            .map(|part| InspectPart {
                title: part.title,
                text: part.text,
                rows: part
                    .rows
                    .into_iter()
                    .map(|row| InspectRow {
                        name: row.name,
                        value: row.value,
                        meaning: row.meaning,
                        time: row.time.map(|seconds| seconds.saturating_mul(1000)),
                    })
                    .collect(),
            })
            .collect(),
        checks: inspection.verdict.as_ref().map(session_view::checks).unwrap_or_default(),
        inner: inspection.inner.into_iter().map(|inner| view(inner, keys_wanted)).collect(),
        keys_wanted,
        clock_ahead_ms: None,
        clock_off_ms: None,
    }
}
