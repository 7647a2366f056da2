use super::*;

#[test]
fn times_that_no_clock_can_tell_do_not_break_the_view() {
    let session = Session {
        id: "one".to_owned(),
        connection: "sandbox".to_owned(),
        kind: bobbin_store::SessionKind::User,
        label: String::new(),
        created_at: i64::MAX,
        access_token: "access".into(),
        token_type: "Bearer".to_owned(),
        access_issued_at: 0,
        access_expires_at: expiry(i64::MAX, Some(u64::MAX)),
        id_token: Some("identity".into()),
        refresh_token: None,
        refresh_issued_at: 0,
        generation: 1,
        refresh_state: RefreshMark::Ready,
        scopes_requested: Vec::new(),
        scopes_granted: Vec::new(),
        verdict: Some(json!({ "header": {}, "claims": { "iat": i64::MIN, "exp": i64::MAX }, "checks": [] })),
        extra: Vec::new(),
        warnings: Vec::new(),
    };
    let view = id_token(&session, 0, 0).unwrap();
    assert_eq!((view.issued_at, view.expires_at), (Some(i64::MIN), Some(i64::MAX)));
    assert_eq!(session.access_expires_at, Some(i64::MAX));
}
