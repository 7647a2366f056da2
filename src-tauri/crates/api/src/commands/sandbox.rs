//! The sandbox's faults.

use bobbin_engine::view::FaultView;

use crate::{Api, Reply};

commands! {
    /// The ways in which the sandbox can misbehave, and which of them it does now.
    async fn sandbox_faults(api) -> Vec<FaultView>, changes [] {
        Ok(api.engine.sandbox_faults())
    }

    /// Lets the sandbox misbehave in exactly these ways; none makes it behave.
    async fn sandbox_faults_set(api, ids: Vec<String>) -> (), changes [] {
        Ok(api.engine.sandbox_faults_set(&ids).await.map(drop)?)
    }
}
