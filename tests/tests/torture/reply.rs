//! A reply as bytes, so that it can be changed in ways that no library would make one.

use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// A whole reply of a server that closed the connection behind it.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let mut headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
        if chunked {
            return None;
        }
        // Made anew for what the body is when it leaves.
        headers.retain(|(name, _)| {
            !["content-length", "connection", "keep-alive"].contains(&name.to_ascii_lowercase().as_str())
        });
        Some(Self { status, headers, body: bytes[end + 4..].to_vec() })
    }

    /// The reply with its true length.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes_with(&[("Content-Length", &self.body.len().to_string())])
    }

    /// With other headers about its framing than the true ones.
    pub(crate) fn bytes_with(&self, framing: &[(&str, &str)]) -> Vec<u8> {
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status);
        for (name, value) in own.chain(framing.iter().copied()).chain([("Connection", "close")]) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn member(&self, name: &str) -> Option<String> {
        self.json()[name].as_str().map(str::to_owned)
    }

    /// Replaces the JSON body by what `change` makes of it.
    pub(crate) fn with_json(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let mut json = self.json();
        change(&mut json);
        self.body = json.to_string().into_bytes();
        self
    }
}
