//! The sandbox's fault menu, which is in Bobbin and on the sandbox's own page.

use crate::world::{World, eventually};
use bobbin_engine::view::Change;

#[tokio::test]
async fn a_fault_that_is_chosen_on_the_sandboxs_own_page_is_told_to_bobbins() {
    let world = World::new();
    let base = world.engine.sandbox().await.unwrap();
    world.outside.changes.lock().unwrap().clear();

    let chosen = reqwest::Client::new()
        .put(format!("{base}/sandbox/faults"))
        .json(&serde_json::json!({ "active": ["alg-none"] }))
        .send()
        .await
        .unwrap();

    assert!(chosen.status().is_success());
    eventually("the page is told to look again", async || {
        let changes = world.outside.changes.lock().unwrap();
        changes.iter().any(|change| matches!(change, Change::Faults))
    })
    .await;
    let active: Vec<_> = world.engine.sandbox_faults().into_iter().filter(|fault| fault.active).collect();
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].id, "alg-none");
}
