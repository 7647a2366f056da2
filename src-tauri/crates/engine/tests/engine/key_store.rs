//! A key store that answers when the window is long open.

#[path = "../../../store/tests/store/session_bus/mod.rs"]
mod session_bus;

use std::{path::PathBuf, sync::Arc};

use crate::world::{World, eventually, run};
use bobbin_engine::{Entropy as _, Keeping, view::KeyStoreState};
use session_bus::{Keyring, on_session_bus};

fn bobbin(folder: &Arc<tempfile::TempDir>) -> World {
    World::at(folder, Keeping::KeyStore("dev.bobbin.workbench".to_owned()))
}

fn data(folder: &PathBuf) -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir_in(folder).unwrap())
}

#[tokio::test]
async fn a_late_answer_of_the_key_store_saves_what_was_made_meanwhile_without_a_restart() {
    let name = "key_store::a_late_answer_of_the_key_store_saves_what_was_made_meanwhile_without_a_restart";
    let Some(folder) = on_session_bus(name) else { return };
    let keyring = Keyring::unlocked();
    let data = data(&folder);
    let first = bobbin(&data);
    first.engine.settle().await.unwrap();
    let earlier = first.session_id().await;
    keyring.signal("-STOP");

    let world = bobbin(&data);
    world.outside.fill(&mut vec![0; 1 << 20]);
    world.engine.settle().await.unwrap();
    let status = world.engine.status();
    assert_eq!(status.key_store, KeyStoreState::Locked, "the window opens and says so");
    assert!(status.key_store_detail.unwrap().contains("has not answered"));
    let session = world.session_id().await;
    assert!(!world.engine.session(&session).await.unwrap().persisted);
    world.engine.query_run(run(&session, "{ user { __typename } }")).await.unwrap();

    keyring.signal("-CONT");

    eventually("the key store's answer is used", async || {
        world.engine.status().key_store == KeyStoreState::Ready
    })
    .await;
    assert!(world.engine.session(&session).await.unwrap().persisted, "what was made meanwhile is saved");
    assert!(world.engine.session(&earlier).await.is_ok(), "and what was saved before is there");
    assert!(world.engine.session_refresh(&session, 1, None).await.is_ok());
    world.engine.key_store_retry().await.unwrap();
}
