//! Parameters of a query string or a form body: parsed once, bounded, and none twice (RFC 6749 §3.1, §3.2).

use url::form_urlencoded;

/// More fields than any request here has.
const MOST_FIELDS: usize = 40;
/// The longest value in bytes; each parameter has its own, smaller limit where one is known.
const LONGEST_VALUE: usize = 2048;

/// The fields of one request.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// `None` for a repeated name, too many fields, or a value that is too long.
    /// Names in `repeatable` may come several times, as check boxes do.
    pub(crate) fn parse(input: &[u8], repeatable: &[&str]) -> Option<Self> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(input) {
            let repeated = !repeatable.contains(&name.as_ref()) && fields.iter().any(|field| field.0 == name);
            if repeated || fields.len() == MOST_FIELDS || value.len() > LONGEST_VALUE {
                return None;
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Some(Self(fields))
    }

    /// The value; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    /// All values of a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |field| field.0 == name).map(|field| field.1.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_parameter_is_refused() {
        assert!(Form::parse(b"state=a&state=b", &[]).is_none());
        assert!(Form::parse(b"scope=a&scope=b", &["scope"]).is_some());
    }

    #[test]
    fn an_empty_parameter_counts_as_absent() {
        assert_eq!(Form::parse(b"state=", &[]).unwrap().get("state"), None);
    }

    #[test]
    fn a_huge_value_is_refused() {
        assert!(Form::parse(format!("state={}", "a".repeat(2049)).as_bytes(), &[]).is_none());
    }
}
