//! The menu as data: id, the part that it spoils, title, and what one should see.

use std::sync::LazyLock;

use super::Fault;

mod callback;
mod graphql;
mod id_token;
mod keys;
mod metadata;
mod token;

type Row = (&'static str, &'static str, &'static str, &'static str);

/// Every way in which the sandbox can misbehave, group by group.
pub fn faults() -> &'static [Fault] {
    static FAULTS: LazyLock<Vec<Fault>> = LazyLock::new(|| {
        let groups: [(&'static str, &[Row]); 7] = [
            ("id_token", id_token::ROWS),
            ("keys", keys::ROWS),
            ("token", token::ROWS),
            ("callback", callback::ROWS),
            ("userinfo", metadata::USERINFO),
            ("discovery", metadata::DISCOVERY),
            ("graphql", graphql::ROWS),
        ];
        let rows = groups.into_iter().flat_map(|(group, rows)| rows.iter().map(move |row| (group, *row)));
        rows.map(|(group, (id, part, title, see))| Fault { id, group, title, see, part }).collect()
    });
    &FAULTS
}
