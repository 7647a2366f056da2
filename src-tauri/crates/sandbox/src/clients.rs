//! The clients registered with the sandbox: one for each way in which a client proves who it is.

use crate::secret;

/// The public client: authorization code with PKCE, nothing to prove itself with.
pub const PUBLIC_CLIENT_ID: &str = "test-18fbd892-3b73-43c3-a854-c6f78c681349";
/// The confidential client, which proves itself with [`CONFIDENTIAL_CLIENT_SECRET`] in the body or a Basic header.
pub const CONFIDENTIAL_CLIENT_ID: &str = "test-5a1d0c7e-8f7b-4a3e-9d26-2f0c6b7be914";
/// The confidential client's secret. It is public and protects nothing.
pub const CONFIDENTIAL_CLIENT_SECRET: &str = "sandbox-secret-that-protects-nothing";
/// The client with an RSA key and its certificate: `private_key_jwt` with RS256 or PS256.
/// Key and certificate are at `/sandbox/client.pem` of a running sandbox.
pub const CERTIFICATE_CLIENT_ID: &str = "test-ba58e0b3-52d8-40d4-900a-724e3c59d692";
/// The client with a P-256 key: `private_key_jwt` with ES256. The key is at `/sandbox/ec-client.pem`.
pub const EC_CLIENT_ID: &str = "test-0ee14580-6c30-42d3-ac44-5bdd4cff9eff";

/// Where every client may be returned to, compared as strings, character by character (RFC 9700 §2.1).
pub(crate) const REDIRECT_URIS: [&str; 4] = [
    "dev.bobbin.workbench:/oauth/callback",
    "https://localhost:9000/return",
    "http://127.0.0.1:8765/callback",
    "http://localhost:8765/callback",
];

/// A registered client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) authentication: Authentication,
}

/// How a client proves who it is; none can use another's way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// `none`
    None,
    /// `client_secret_post` and `client_secret_basic`
    Secret(&'static str),
    /// `private_key_jwt`
    Key(KeyType),
}

/// The kinds of keys that clients have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyType {
    Rsa,
    P256,
}

pub(crate) static CLIENTS: [Client; 4] = [
    Client { id: PUBLIC_CLIENT_ID, name: "Bobbin", authentication: Authentication::None },
    Client {
        id: CONFIDENTIAL_CLIENT_ID,
        name: "Bobbin with a secret",
        authentication: Authentication::Secret(CONFIDENTIAL_CLIENT_SECRET),
    },
    Client {
        id: CERTIFICATE_CLIENT_ID,
        name: "Bobbin with a certificate",
        authentication: Authentication::Key(KeyType::Rsa),
    },
    Client {
        id: EC_CLIENT_ID,
        name: "Bobbin with an EC key",
        authentication: Authentication::Key(KeyType::P256),
    },
];

/// The client of that id.
pub(crate) fn find(id: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.id == id)
}

/// Whether this exact string is registered.
pub(crate) fn allows_redirect(uri: &str) -> bool {
    REDIRECT_URIS.contains(&uri)
}

impl Client {
    /// Whether nothing proves who it is, so that anyone can say to be this client.
    pub(crate) fn is_public(&self) -> bool {
        self.authentication == Authentication::None
    }

    /// Whether this secret, or its absence, proves the client; a public client has nothing to prove.
    pub(crate) fn accepts_secret(&self, offered: Option<&str>) -> bool {
        match self.authentication {
            Authentication::None => true,
            // Digests are compared, so that the time taken says nothing about the secret.
            Authentication::Secret(secret) => {
                offered.is_some_and(|offered| secret::sha256(offered) == secret::sha256(secret))
            }
            Authentication::Key(_) => false,
        }
    }
}
