//! The requests that programs make, caught on their way to the real server and written so that they can be put to any
//! other: without its versions, tokens, uids and names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::{ControlPlane, FaultProxy, Seen};

/// A version that a list of the same path gives.
pub(super) const LISTED: &str = "{listed}";
/// The token that the first page of the same path gives.
pub(super) const NEXT: &str = "{next}";
const NO_UID: &str = "00000000-0000-0000-0000-000000000000";

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) method: String,
    pub(super) accept: String,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// As it was seen, with the names that the server's objects happened to have as placeholders.
    pub(super) fn of(seen: &Seen, names: &[(&str, &str)]) -> Self {
        let named = |text: &str| names.iter().fold(text.to_owned(), |text, (name, it)| text.replace(name, it));
        let mut query: BTreeMap<String, String> =
            seen.query.iter().map(|(name, value)| (name.clone(), without_uid(&named(value)))).collect();
        if let Some(version) = query.get_mut("resourceVersion").filter(|version| !["", "0"].contains(&version.as_str()))
        {
            LISTED.clone_into(version);
        }
        if let Some(token) = query.get_mut("continue").filter(|token| !token.is_empty()) {
            NEXT.clone_into(token);
        }
        if seen.is_watch() {
            query.insert("timeoutSeconds".to_owned(), "1".to_owned());
            query.remove("timeout");
        }
        // Where protobuf is preferred, JSON is accepted as well, and it is JSON that can be compared.
        let accept = seen.accept.as_deref().unwrap_or_default();
        let accept: Vec<&str> = accept.split(',').filter(|form| !form.contains("protobuf")).collect();
        Self {
            path: named(&seen.path),
            query,
            method: seen.method.to_string(),
            accept: accept.join(","),
            content_type: if seen.body.is_empty() {
                String::new()
            } else {
                seen.content_type.clone().unwrap_or_default()
            },
            body: seen.body.to_vec(),
        }
    }

    /// Reads what [`fmt::Display`] wrote.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split('\t');
        let (method, target, accept) = (parts.next()?, parts.next()?, parts.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (content_type, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let body = match body.strip_prefix("base64:") {
            Some(packed) => STANDARD.decode(packed).ok()?,
            None => body.as_bytes().to_vec(),
        };
        let [method, path, accept, content_type] = [method, path, accept, content_type].map(str::to_owned);
        Some(Self { path, query, method, accept, content_type, body })
    }

    /// Path and query as a request line has them, with the placeholders filled in.
    pub(super) fn target(&self, fill: impl Fn(&str) -> String) -> String {
        let query = self.query.iter().map(|(name, value)| (name, fill(value)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{separator}{query}", fill(&self.path))
    }
}

/// One line: method, path and query, what is accepted, and for a question with a body its form and the body.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.target(str::to_owned).replace("%7B", "{").replace("%7D", "}");
        write!(f, "{}\t{target}\t{}", self.method, self.accept)?;
        if self.body.is_empty() {
            return Ok(());
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) if !text.chars().any(char::is_control) => write!(f, "\t{}\t{text}", self.content_type),
            _ => write!(f, "\t{}\tbase64:{}", self.content_type, STANDARD.encode(&self.body)),
        }
    }
}

/// Runs `kubectl` lines through the proxy, a few at once. Some fail, as they should: it is their requests that count.
pub(super) async fn kubectl(plane: &ControlPlane, proxy: &FaultProxy, cache: &Path, lines: &[String]) {
    use futures::StreamExt as _;
    const AT_ONCE: usize = 4;
    let run = |line: &String| {
        let mut command = tokio::process::Command::new(plane.kubectl_path());
        command.args(line.split_whitespace()).env("KUBECONFIG", proxy.access().kubeconfig());
        command.env("KUBECACHEDIR", cache).stdin(std::process::Stdio::null()).kill_on_drop(true);
        async move { command.output().await.unwrap() }
    };
    futures::stream::iter(lines).map(run).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
}

/// Every request that came through.
pub(super) fn requests(proxy: &FaultProxy, names: &[(&str, &str)]) -> BTreeSet<Request> {
    proxy.requests().iter().map(|seen| Request::of(seen, names)).collect()
}

/// Selectors by uid find nothing on any other server, and have the same form.
fn without_uid(text: &str) -> String {
    let is_uid = |text: &str| {
        text.len() == NO_UID.len()
            && text.bytes().zip(NO_UID.bytes()).all(|(byte, form)| match form {
                b'-' => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    };
    let parts = text.split_inclusive([',', '=']).map(|part| {
        let bare = part.trim_end_matches([',', '=']);
        if is_uid(bare) { part.replacen(bare, NO_UID, 1) } else { part.to_owned() }
    });
    parts.collect()
}

#[test]
fn a_request_is_read_as_it_was_written() {
    for line in [
        "GET\t/api/v1/pods?limit=500&resourceVersion={listed}&watch=true\tapplication/json",
        "GET\t/api/v1/events?fieldSelector=involvedObject.uid%3D00000000-0000-0000-0000-000000000000\tapplication/json",
        "POST\t/apis/authorization.k8s.io/v1/selfsubjectaccessreviews\tapplication/json\tapplication/json\t{\"spec\":{}}",
        "POST\t/apis/x\tapplication/json\tapplication/vnd.kubernetes.protobuf\tbase64:azhzAA==",
    ] {
        assert_eq!(Request::parse(line).unwrap().to_string(), line);
    }
    assert_eq!(without_uid("a=b0a8f2c4-1d2e-4f3a-9b8c-7d6e5f4a3b2c,c=d"), format!("a={NO_UID},c=d"));
}
