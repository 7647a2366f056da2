use super::*;

const NOW: u64 = 1_700_000_000;

fn authorization(scopes: &[&str]) -> Authorization {
    Authorization {
        client_id: "client".into(),
        person: "person".into(),
        session: "session".into(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        auth_time: NOW,
    }
}

async fn rotate(
    grants: &Grants,
    client_id: &str,
    token: &str,
    now: u64,
) -> Result<(Authorization, Tokens), RotateError> {
    grants.rotate(client_id, token, None, USER_ACCESS_LIFETIME, now).await
}

#[tokio::test]
async fn an_access_token_lives_fifteen_minutes() {
    let grants = Grants::open(None, NOW).unwrap();
    let tokens = grants.issue_user(&authorization(&["openid"]), NOW).await.unwrap();
    assert!(grants.find(&tokens.access_token, NOW + 899).await.is_some());
    assert!(grants.find(&tokens.access_token, NOW + 900).await.is_none());
}

#[tokio::test]
async fn a_client_token_lives_an_hour() {
    let grants = Grants::open(None, NOW).unwrap();
    let token = grants.issue_client("client", vec!["client_refund".into()], NOW).await.unwrap();
    assert!(grants.find(&token, NOW + 3599).await.is_some());
    assert!(grants.find(&token, NOW + 3600).await.is_none());
}

#[tokio::test]
async fn a_refresh_token_ends_after_365_days_and_slides_with_each_use() {
    const DAY: u64 = 24 * 60 * 60;
    let grants = Grants::open(None, NOW).unwrap();
    let first = grants.issue_user(&authorization(&["openid", "offline_access"]), NOW).await.unwrap();
    let first = first.refresh_token.unwrap();
    let late = NOW + 364 * DAY;
    let (_, second) = rotate(&grants, "client", &first, late).await.expect("a day is left");
    let second = second.refresh_token.unwrap();
    let expired = rotate(&grants, "client", &second, late + 365 * DAY).await;
    assert!(matches!(expired, Err(RotateError::Unusable)), "expired");
    assert!(rotate(&grants, "client", &second, late + 364 * DAY).await.is_ok(), "slid by a year");
}

#[tokio::test]
async fn another_clients_refresh_token_is_not_consumed() {
    let grants = Grants::open(None, NOW).unwrap();
    let tokens = grants.issue_user(&authorization(&["openid", "offline_access"]), NOW).await.unwrap();
    let token = tokens.refresh_token.unwrap();
    assert!(matches!(rotate(&grants, "stranger", &token, NOW).await, Err(RotateError::Unusable)));
    assert!(rotate(&grants, "client", &token, NOW).await.is_ok());
}

#[tokio::test]
async fn a_damaged_state_file_reads_as_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    std::fs::write(&path, "{ not json").unwrap();
    let grants = Grants::open(Some(path.clone()), NOW).unwrap();
    let tokens = grants.issue_user(&authorization(&["openid"]), NOW).await.unwrap();
    let reopened = Grants::open(Some(path), NOW).unwrap();
    assert!(reopened.find(&tokens.access_token, NOW).await.is_some(), "and is written again");
}

#[tokio::test]
async fn a_consumed_refresh_token_stays_consumed_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nested").join("state.json");
    let grants = Grants::open(Some(path.clone()), NOW).unwrap();
    let tokens = grants.issue_user(&authorization(&["openid", "offline_access"]), NOW).await.unwrap();
    let token = tokens.refresh_token.unwrap();
    rotate(&grants, "client", &token, NOW).await.expect("the first use");
    let reopened = Grants::open(Some(path), NOW).unwrap();
    assert!(matches!(rotate(&reopened, "client", &token, NOW).await, Err(RotateError::Unusable)));
}

#[tokio::test]
async fn a_state_file_of_an_earlier_version_keeps_its_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let grants = Grants::open(Some(path.clone()), NOW).unwrap();
    let tokens = grants.issue_user(&authorization(&["openid"]), NOW).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let earlier = text.replace(&format!(r#""issued":{NOW},"#), "");
    assert_ne!(earlier, text, "the member is there to be left out");
    std::fs::write(&path, earlier).unwrap();
    let reopened = Grants::open(Some(path), NOW).unwrap();
    assert!(reopened.find(&tokens.access_token, NOW).await.is_some());
}
