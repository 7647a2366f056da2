//! Inspect and the PKCE checker.

use bobbin_engine::view::{InspectRequest, InspectionView, PkceValues, PkceView};

use crate::{Api, Reply};

commands! {
    /// Says what a pasted text is and what is wrong with it; nothing of it is kept.
    async fn inspect(api, request: InspectRequest) -> InspectionView, changes [] {
        Ok(api.engine.inspect(request).await?)
    }

    /// Whether a verifier and a challenge fit (RFC 7636 section 4); either may be empty.
    async fn pkce_check(api, verifier: String, challenge: String) -> PkceView, changes [] {
        Ok(api.engine.pkce_check(&verifier, &challenge))
    }

    /// A fresh pair, with a state and a nonce, for trying out.
    async fn pkce_values(api) -> PkceValues, changes [] {
        Ok(api.engine.pkce_values())
    }
}
