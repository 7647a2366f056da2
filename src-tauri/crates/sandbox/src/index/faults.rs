//! The fault menu on the index page.

use std::fmt::Write as _;

use crate::{
    faults::{Active, faults},
    sso::page::Escaped,
};

pub(super) const SCRIPT: &str = include_str!("faults.js");

/// The groups of the menu in words.
const GROUPS: [(&str, &str); 7] = [
    ("id_token", "id_token"),
    ("keys", "Keys"),
    ("token", "Token endpoint"),
    ("callback", "Callback"),
    ("userinfo", "Userinfo"),
    ("discovery", "Discovery"),
    ("graphql", "GraphQL API"),
];

/// One check box a fault. A group with an active one is open.
pub(super) fn section(active: &Active) -> String {
    let mut groups = String::new();
    for (group, name) in GROUPS {
        let rows = || faults().iter().filter(|fault| fault.group == group);
        let open = if rows().any(|fault| active.has(fault.id)) { " open" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(groups, r#"<details{open}><summary>{name}</summary><ul class="faults">"#);
        for fault in rows() {
            let _ = write!(
                groups,
                r#"<li><label><input type="checkbox" value="{id}" aria-describedby="see-{id}"{checked}> {title}</label>
<p id="see-{id}">{see}</p></li>"#,
                id = fault.id,
                checked = if active.has(fault.id) { " checked" } else { "" },
                title = Escaped(fault.title),
                see = Escaped(fault.see),
            );
        }
        groups.push_str("</ul></details>");
    }
    format!(
        r#"<section><h2>Faults</h2><p class="lead">What is ticked goes wrong from now on, so that one can see what an application makes of it. A new start behaves well.</p>
<form id="faults" autocomplete="off"><button class="small" type="button">Clear all</button> <output role="status"></output>
{groups}</form></section>"#
    )
}
