//! The sandbox within Bobbin: its start, and its fault menu, which is in Bobbin and on the sandbox's own page.

use std::sync::Arc;

use crate::world::{World, eventually};
use bobbin_engine::view::Change;
use tokio::sync::Barrier;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sandbox_that_several_need_at_once_is_told_once() {
    let world = World::new();
    let ready = Arc::new(Barrier::new(4));
    let asking = [(); 4].map(|()| {
        let (engine, ready) = (world.engine.clone(), ready.clone());
        tokio::spawn(async move {
            ready.wait().await;
            engine.sandbox().await.unwrap()
        })
    });
    for asked in asking {
        asked.await.unwrap();
    }
    assert_eq!(*world.outside.changes.lock().unwrap(), [Change::Status]);
}

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
