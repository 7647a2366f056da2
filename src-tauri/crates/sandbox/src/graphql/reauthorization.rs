//! A request to the user to do something at their bank.

use async_graphql::{ID, Object};

use super::{enums::ReauthorizationStatus, id, scalars::Link};

/// The one request that the provider's documentation shows; nothing in the sandbox makes others yet.
const SAMPLE: &str = "48abfea6-cb5d-48c0-ac1e-c8983cbaee3f";

pub(super) struct ReauthorizationRequired;

impl ReauthorizationRequired {
    pub(super) fn find(request: &str) -> Option<Self> {
        (request == SAMPLE).then_some(Self)
    }
}

/// The bank asks the user to approve something before the request can go on.
#[Object]
impl ReauthorizationRequired {
    pub(super) async fn id(&self) -> ID {
        id::encode(&format!("ui/{SAMPLE}"))
    }

    async fn status(&self) -> ReauthorizationStatus {
        ReauthorizationStatus::Pending
    }

    /// Where to send the user, with a registered `redirect_uri` added.
    async fn user_interaction_url(&self) -> Link {
        Link(format!("https://secure.stitch.money/connect/payment-request/{SAMPLE}"))
    }
}
