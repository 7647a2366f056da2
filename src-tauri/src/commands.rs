//! What the page may ask for. Each command is one call of the engine.
//!
//! A command stands in three places: here, in a permission file and in a wrapper of `ui/src/ipc`; a test compares them.

mod about;
mod app;
mod client;
mod connections;
mod inspect;
mod page;
mod queries;
mod requests;
mod sessions;
mod sign_in;
mod wire;

use bobbin_engine::view::ErrorView;
pub(crate) use page::Held;
use tauri::ipc::Invoke;

/// How every command answers.
pub(crate) type Reply<T> = Result<T, ErrorView>;

pub(crate) fn handler() -> impl Fn(Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        app::overview,
        app::notices,
        app::notice_dismiss,
        app::key_store_retry,
        app::zoom,
        app::theme,
        app::copy,
        about::about,
        about::licenses,
        page::page_held,
        page::page_hold,
        connections::presets,
        connections::connection,
        connections::connection_create,
        connections::connection_save,
        connections::connection_delete,
        connections::connection_restore,
        connections::connection_trust,
        connections::discover,
        connections::discover_cancel,
        connections::client_doctor,
        connections::redirect_doctor,
        connections::redirect_repair,
        client::client_secret_set,
        client::client_key_import,
        client::client_key_remove,
        client::client_key_restore,
        client::assertion_preview,
        client::credentials_import,
        client::client_token,
        sign_in::sign_in_start,
        sign_in::sign_in_switch,
        sign_in::sign_in,
        sign_in::sign_in_cancel,
        sign_in::sign_in_open,
        sign_in::sign_in_copy_link,
        sign_in::callback_paste,
        sessions::session,
        sessions::session_rename,
        sessions::session_delete,
        sessions::session_restore,
        sessions::session_revoke,
        sessions::session_refresh,
        sessions::session_from_reply,
        sessions::session_from_refresh_token,
        sessions::session_userinfo,
        sessions::session_introspect,
        sessions::session_sign_out,
        sessions::session_reveal,
        sessions::session_copy,
        sessions::waits,
        sessions::wait_cancel,
        requests::requests,
        requests::request_find,
        requests::request_label,
        requests::requests_clear,
        queries::query,
        queries::query_create,
        queries::query_save,
        queries::query_rename,
        queries::query_delete,
        queries::query_draft,
        queries::query_run,
        queries::query_cancel,
        inspect::inspect,
        inspect::pkce_check,
        inspect::pkce_values,
        inspect::sandbox_faults,
        inspect::sandbox_faults_set,
        wire::wire,
        wire::exchange,
        wire::exchange_reveal,
        wire::exchange_copy,
        wire::wire_clear,
    ]
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    /// The commands as they are declared, from this file's own text.
    fn declared() -> BTreeSet<String> {
        let list = include_str!("commands.rs").split("generate_handler![").nth(1).unwrap();
        let list = list.split(']').next().unwrap();
        list.split(',').filter_map(|path| path.trim().split("::").nth(1)).map(str::to_owned).collect()
    }

    fn text_of(folder: &str, ending: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with(ending))
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }

    /// What stands in quotes, in the parts of `text` that begin after `before` and end at `after`.
    fn quoted(text: &str, before: &str, after: char) -> BTreeSet<String> {
        let parts = text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap());
        parts.flat_map(|part| part.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
    }

    #[test]
    fn the_permissions_allow_exactly_the_declared_commands() {
        let allowed = quoted(&text_of("src-tauri/permissions", ".toml"), "commands.allow = [", ']');
        assert_eq!(allowed, declared());
    }

    #[test]
    fn the_window_has_every_permission() {
        let identifiers = quoted(&text_of("src-tauri/permissions", ".toml"), "identifier = ", '\n');
        let capability = quoted(&text_of("src-tauri/capabilities", ".json"), "\"permissions\": [", ']');
        let ours: BTreeSet<String> =
            capability.into_iter().filter(|name| !name.starts_with("core:")).collect();
        assert_eq!(ours, identifiers);
    }

    #[test]
    fn the_page_wraps_exactly_the_declared_commands() {
        let wrappers = text_of("ui/src/ipc", ".ts");
        // `invoke<Type>("command", …)`, on one line or on two.
        let called: BTreeSet<String> = wrappers
            .split("invoke<")
            .skip(1)
            .filter_map(|rest| rest.split('(').nth(1)?.trim_start().strip_prefix('"')?.split('"').next())
            .map(str::to_owned)
            .collect();
        assert_eq!(called, declared());
    }
}
