//! The scopes a client can ask for, and what each allows in words.

/// One scope.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) name: &'static str,
    /// What a person who grants it allows, continuing "Bobbin would like to …".
    pub(crate) allows: &'static str,
}

/// The longest `scope` parameter, in characters; IdentityServer refuses longer ones.
pub(crate) const LONGEST: usize = 300;

/// Scopes of user tokens, in the order the consent page shows them.
pub(crate) const USER: [Scope; 9] = [
    Scope { name: "openid", allows: "know who you are at your bank" },
    Scope { name: "accounts", allows: "see your accounts: name, type, number" },
    Scope { name: "balances", allows: "see the balances of your accounts" },
    Scope { name: "transactions", allows: "see the transactions of your accounts" },
    Scope { name: "accountholders", allows: "see your identity and contact details" },
    Scope { name: "pci_unsafe", allows: "see card numbers in full" },
    Scope { name: "bankstatements", allows: "download your bank statements" },
    Scope { name: "paymentinitiationrequest", allows: "prepare payments for you to approve" },
    Scope { name: "offline_access", allows: "keep access while you are away" },
];

/// Scopes of client tokens.
pub(crate) const CLIENT: [&str; 15] = [
    "client_paymentrequest",
    "client_bankaccountverification",
    "client_imageupload",
    "client_businesslookup",
    "client_paymentauthorizationrequest",
    "client_refund",
    "client_disbursement",
    "client_recurringpaymentconsentrequest",
    "client_cdv",
    "transaction_initiate",
    "transaction_cancel",
    "client_vault_manage",
    "client_vault_proxy",
    "client_merchant_onboarding",
    "client_webhooks_dashboard",
];

/// The user scopes in a space-delimited list (RFC 6749 §3.3), each once and in the order of [`USER`];
/// `None` when one is unknown or the list lacks `openid` or is too long.
pub(crate) fn parse_user(list: &str) -> Option<Vec<&'static Scope>> {
    let asked = split(list)?;
    let all_known = asked.iter().all(|name| USER.iter().any(|scope| scope.name == *name));
    (all_known && asked.contains(&"openid"))
        .then(|| USER.iter().filter(|scope| asked.contains(&scope.name)).collect())
}

/// The client scopes in a space-delimited list; `None` when one is unknown, which `openid` and `offline_access` are.
pub(crate) fn parse_client(list: &str) -> Option<Vec<String>> {
    let asked = split(list)?;
    let known = CLIENT.iter().filter(|name| asked.contains(name));
    asked.iter().all(|name| CLIENT.contains(name)).then(|| known.map(ToString::to_string).collect())
}

/// The scopes of a refresh request, all of which must have been granted; `None` when one was not (RFC 6749 §6).
pub(crate) fn narrow(list: &str, granted: &[String]) -> Option<Vec<String>> {
    let asked = split(list)?;
    let kept = granted.iter().filter(|name| asked.contains(&name.as_str())).cloned();
    asked.iter().all(|name| granted.iter().any(|granted| granted == name)).then(|| kept.collect())
}

fn split(list: &str) -> Option<Vec<&str>> {
    let asked: Vec<_> = list.split_ascii_whitespace().collect();
    (!asked.is_empty() && list.chars().count() <= LONGEST).then_some(asked)
}
