use serde_json::json;

use crate::testing::Folder;

#[test]
fn exchanges_come_back_newest_last_and_only_as_many_as_asked_for() {
    let folder = Folder::new();
    let store = folder.open();
    for (id, at) in [("b", 20), ("a", 10), ("c", 30)] {
        store.put_exchange(id, at, &json!({ "id": id })).unwrap();
    }
    let ids = |limit| -> Vec<String> {
        folder.open().exchanges(limit).unwrap().into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids(10), ["a", "b", "c"]);
    assert_eq!(ids(2), ["b", "c"]);
}

#[test]
fn an_exchange_put_again_is_replaced() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_exchange("one", 10, &json!({ "status": null })).unwrap();
    store.put_exchange("one", 10, &json!({ "status": 200 })).unwrap();
    assert_eq!(store.exchanges(10).unwrap(), [("one".to_owned(), json!({ "status": 200 }))]);
}

#[test]
fn the_newest_thousand_are_kept() {
    let store = crate::Store::in_memory(crate::testing::random()).unwrap();
    for number in 0..1005 {
        store.put_exchange(&number.to_string(), number, &json!(number)).unwrap();
    }
    let kept = store.exchanges(usize::MAX).unwrap();
    assert_eq!((kept.len(), kept[0].0.as_str()), (1000, "5"));
}

#[test]
fn a_cleared_record_is_empty() {
    let folder = Folder::new();
    let store = folder.open();
    store.put_exchange("one", 10, &json!({})).unwrap();
    store.clear_exchanges().unwrap();
    assert!(store.exchanges(10).unwrap().is_empty());
}
