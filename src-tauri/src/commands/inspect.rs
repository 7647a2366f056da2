//! Inspect, the PKCE checker and the sandbox's faults.

use bobbin_engine::{
    Engine,
    view::{FaultView, InspectRequest, InspectionView, PkceValues, PkceView},
};
use tauri::State;

use super::Reply;

#[tauri::command]
pub(crate) async fn inspect(engine: State<'_, Engine>, request: InspectRequest) -> Reply<InspectionView> {
    Ok(engine.inspect(request).await?)
}

#[tauri::command]
pub(crate) async fn pkce_check(
    engine: State<'_, Engine>,
    verifier: String,
    challenge: String,
) -> Reply<PkceView> {
    Ok(engine.pkce_check(&verifier, &challenge))
}

#[tauri::command]
pub(crate) async fn pkce_values(engine: State<'_, Engine>) -> Reply<PkceValues> {
    Ok(engine.pkce_values())
}

#[tauri::command]
pub(crate) async fn sandbox_faults(engine: State<'_, Engine>) -> Reply<Vec<FaultView>> {
    Ok(engine.sandbox_faults())
}

#[tauri::command]
pub(crate) async fn sandbox_faults_set(engine: State<'_, Engine>, ids: Vec<String>) -> Reply<Vec<FaultView>> {
    Ok(engine.sandbox_faults_set(&ids).await?)
}
