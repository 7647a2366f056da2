//! More of them, for `cargo xtask test --all`.

#[tokio::test]
async fn the_page_comes_back_as_it_was_fifty_times() {
    super::comes_back(50).await;
}
