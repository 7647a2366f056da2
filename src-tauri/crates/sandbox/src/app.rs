//! What every endpoint shares, and which path leads where.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    client_keys::ClientKeys,
    clock,
    faults::{self, Faults, control, keys::OtherKeys},
    grants::Grants,
    graphql::{self, Api},
    index,
    signing::SigningKey,
    sso::{
        authorize, client_assertion::UsedAssertions, discovery, end_session, interaction, session,
        sign_ins::SignIns, token,
    },
    vault,
};

/// The largest body in bytes; a GraphQL document is the largest thing anyone sends.
const LARGEST_BODY: usize = 256 * 1024;
/// The longest path and query in bytes.
const LONGEST_TARGET: usize = 8 * 1024;

pub(crate) struct App {
    pub(crate) base_url: String,
    pub(crate) signing: SigningKey,
    pub(crate) other_keys: OtherKeys,
    pub(crate) grants: Grants,
    pub(crate) api: Api,
    pub(crate) client_keys: ClientKeys,
    pub(crate) used_assertions: UsedAssertions,
    pub(crate) faults: Arc<Faults>,
    sign_ins: Mutex<SignIns>,
    hosts: [String; 2],
}

impl App {
    pub(crate) fn new(address: SocketAddr, state_file: Option<PathBuf>) -> io::Result<Self> {
        let base_url = crate::base_url(address);
        Ok(Self {
            signing: SigningKey::default(),
            other_keys: OtherKeys::default(),
            client_keys: ClientKeys::open(state_file.as_deref()),
            used_assertions: UsedAssertions::new(),
            faults: Arc::default(),
            grants: Grants::open(state_file, clock::now())?,
            api: Api::new(&base_url),
            sign_ins: Mutex::new(SignIns::new()),
            hosts: [address.to_string(), format!("localhost:{}", address.port())],
            base_url,
        })
    }

    /// Whether a page with this origin is one of ours (RFC 6454 §7).
    pub(crate) fn is_own_origin(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.hosts.iter().any(|own| own == host))
    }

    /// Sign-ins under way. Never held across an await.
    pub(crate) fn sign_ins(&self) -> MutexGuard<'_, SignIns> {
        // Each change is one insert or remove, so a panic elsewhere leaves nothing half done.
        self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The token of an `Authorization: Bearer …` header (RFC 6750 §2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) fn router(app: Arc<App>) -> Router {
    let own_origin = middleware::from_fn_with_state(Arc::clone(&app), control::own_origin);
    Router::new()
        .route("/", get(index::page))
        .route("/sandbox/client.pem", get(index::client_pem))
        .route("/sandbox/ec-client.pem", get(index::ec_client_pem))
        .route("/sandbox/credentials.json", get(index::credentials))
        .route("/sandbox/vault-refresh-token", post(vault::first_refresh_token))
        .route("/sandbox/faults", get(control::show).put(control::choose).layer(own_origin))
        .route("/v2.0/reference/gettoken", post(vault::token))
        .route("/.well-known/openid-configuration", get(discovery::configuration))
        .route("/.well-known/openid-configuration/jwks", get(discovery::jwks))
        .route("/connect/authorize", get(authorize::authorize))
        .route("/account/login", get(interaction::login_page).post(interaction::login))
        .route("/consent", get(interaction::consent_page).post(interaction::consent))
        .route("/connect/token", post(token::token))
        .route("/connect/userinfo", get(session::userinfo).post(session::userinfo))
        .route("/connect/revocation", post(session::revocation))
        .route("/connect/introspect", post(session::introspection))
        .route("/connect/endsession", get(end_session::by_get).post(end_session::by_post))
        .route("/connect/payment-request/{id}", get(graphql::payment_page))
        .route("/graphql", post(graphql::endpoint))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), faults::reply::spoil))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}

/// What holds for every request and answer, also where faults spoil the rest of it.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let mut response = if !app.hosts.iter().any(|known| known == host) {
        // A page elsewhere may point its own name at 127.0.0.1 and so read what we answer.
        StatusCode::MISDIRECTED_REQUEST.into_response()
    } else if request.uri().path_and_query().is_some_and(|target| target.as_str().len() > LONGEST_TARGET) {
        StatusCode::URI_TOO_LONG.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
