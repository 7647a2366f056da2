use proptest::prelude::*;

use super::{first_operation, humanise, leading_comment, slugify, unique};

#[test]
fn words_are_split_at_capitals_and_at_everything_that_is_no_letter() {
    for (name, slug) in [
        ("AccountBalances", "account-balances"),
        ("List bank accounts", "list-bank-accounts"),
        ("  spaced   out  ", "spaced-out"),
        ("snake_case_name", "snake-case-name"),
        ("JSONBody", "json-body"),
        ("bankAccounts", "bank-accounts"),
        ("first20Rows", "first20-rows"),
        ("Zoë's café", "zoë-s-café"),
        ("../../etc/passwd", "etc-passwd"),
        ("!?", ""),
    ] {
        assert_eq!(slugify(name), slug, "of {name:?}");
    }
}

#[test]
fn a_slug_in_words_begins_with_a_capital() {
    assert_eq!(humanise("account-balances"), "Account balances");
    assert_eq!(humanise("é-tat"), "É tat");
}

#[test]
fn a_taken_slug_gets_the_next_number() {
    assert_eq!(unique("a", |_| false), "a");
    assert_eq!(unique("a", |slug| ["a", "a-2"].contains(&slug)), "a-3");
}

#[test]
fn the_first_operation_is_found_past_comments_strings_and_fragments() {
    for (document, name) in [
        ("query List { user }", Some("List")),
        ("mutation Pay($amount: MoneyInput!) { pay }", Some("Pay")),
        ("subscription\n  Changes { x }", Some("Changes")),
        ("# query Commented { x }\nquery Real { x }", Some("Real")),
        ("fragment F on Query { query }\nquery AfterFragment { ...F }", Some("AfterFragment")),
        ("\"a query Quoted { x }\" query Real { x }", Some("Real")),
        ("\"\"\"\nquery Block\n\"\"\" query Real { x }", Some("Real")),
        ("query ($first: UInt) { x }", None),
        ("{ user { id } }", None),
        ("{ query Inner }", None),
        ("", None),
        ("\"never closed", None),
        ("query", None),
    ] {
        assert_eq!(first_operation(document), name, "of {document:?}");
    }
}

#[test]
fn only_a_comment_before_everything_else_is_the_leading_one() {
    assert_eq!(leading_comment("\n\n#  Account holders \nquery A { x }"), Some("Account holders"));
    assert_eq!(leading_comment("query A { x }\n# later"), None);
    assert_eq!(leading_comment("#\nquery A { x }"), None);
}

proptest! {
    #[test]
    fn a_slug_is_stable_and_has_no_character_that_means_something_in_a_path(name in ".{0,200}") {
        let slug = slugify(&name);
        prop_assert!(slug.len() <= 80);
        prop_assert!(!slug.contains(['/', '\\', '.', ':', ' ']));
        prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'));
    }

    #[test]
    fn no_document_stops_the_reader(document in any::<String>()) {
        first_operation(&document);
        leading_comment(&document);
    }
}
