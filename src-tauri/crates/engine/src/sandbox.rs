//! The embedded sandbox: started when a connection first needs it.

use std::sync::Arc;

use bobbin_sandbox::Sandbox;
use tokio::sync::OnceCell;

use crate::{
    Engine, Error, Result,
    view::{Change, FaultView},
};

#[derive(Default)]
pub(crate) struct Host(OnceCell<Sandbox>);

impl Host {
    /// The base URL if it runs.
    pub(crate) fn base_url(&self) -> Option<String> {
        self.0.get().map(Sandbox::base_url)
    }

    pub(crate) fn address(&self) -> Option<String> {
        self.0.get().map(|sandbox| sandbox.address().to_string())
    }
}

impl Engine {
    /// The sandbox's base URL, such as `http://127.0.0.1:5001`; starts it if it does not run yet.
    pub async fn sandbox(&self) -> Result<String> {
        let mut started = false;
        // Of several who ask at once only one starts it, and that one tells.
        let start = async {
            let sandbox = self.start_sandbox().await?;
            started = true;
            Ok::<_, Error>(sandbox)
        };
        let sandbox = self.0.sandbox.0.get_or_try_init(|| start).await?;
        if started {
            self.changed(Change::Status);
        }
        Ok(sandbox.base_url())
    }

    /// The ways in which the sandbox can misbehave, and which of them it does.
    pub fn sandbox_faults(&self) -> Vec<FaultView> {
        let active = self.0.sandbox.0.get().map(Sandbox::active_faults).unwrap_or_default();
        let view = |fault: &bobbin_sandbox::Fault| FaultView {
            id: fault.id.to_owned(),
            group: fault.group.to_owned(),
            title: fault.title.to_owned(),
            see: fault.see.to_owned(),
            active: active.contains(&fault.id),
        };
        bobbin_sandbox::faults().iter().map(view).collect()
    }

    /// Makes the sandbox misbehave in exactly these ways until it is told otherwise or Bobbin ends; none behaves.
    pub async fn sandbox_faults_set(&self, ids: &[String]) -> Result<Vec<FaultView>> {
        self.sandbox().await?;
        if let Some(sandbox) = self.0.sandbox.0.get() {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            sandbox.set_faults(&ids).map_err(|error| {
                Error::new("fault_unknown", error.to_string()).hint("Pick one from the sandbox's menu.")
            })?;
        }
        Ok(self.sandbox_faults())
    }

    async fn start_sandbox(&self) -> Result<Sandbox> {
        let sandbox = bobbin_sandbox::start(bobbin_sandbox::Config {
            port: self.0.config.sandbox_port,
            fallback: true,
            state_file: Some(self.0.config.data_dir.join("sandbox.json")),
        })
        .await
        .map_err(|error| {
            Error::new("sandbox_failed", "The sandbox could not start on this computer.")
                .hint("It listens on 127.0.0.1 only. Check that a security program does not forbid that, then try again.")
                .detail(Some(error.to_string()))
        })?;
        tracing::info!(port = sandbox.address().port(), "sandbox started");
        let engine = Arc::downgrade(&self.0);
        sandbox.on_faults(move || {
            if let Some(inner) = engine.upgrade() {
                let engine = Self(inner);
                engine.changed(Change::Faults);
                engine.connections_changed();
            }
        });
        Ok(sandbox)
    }
}
