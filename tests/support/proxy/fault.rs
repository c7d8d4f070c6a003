//! What can go wrong between a client and an API server, and for which requests it does.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Value, json};

/// One way for a request to go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer comes, but only after this long.
    Latency(Duration),
    /// The connection is closed without an answer.
    Dropped,
    /// No answer ever comes; the connection stays open.
    Silent,
    /// The server refuses, with a Status body as Kubernetes writes it, and with `Retry-After` (seconds) where given.
    Status { code: u16, retry_after: Option<u32> },
    /// A watch is accepted, then told in its stream that it cannot go on: how a server says 410 to most clients.
    WatchError { code: u16 },
    /// The connection breaks after this many bytes of the answer's body.
    Cut { after: usize },
    /// The answer ends after this many bytes of its body, as if that were all: truncated JSON.
    Truncated { after: usize },
    /// Nothing more comes after this many bytes of the answer's body; the connection stays open.
    Stalled { after: usize },
    /// The body trickles.
    Slow { bytes_per_second: usize },
    /// The server is asked for plain JSON, whatever was accepted: the answer is that of one which knows nothing newer.
    Plain,
}

impl Fault {
    /// A refusal without `Retry-After`.
    pub const fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None }
    }

    /// What the proxy answers by itself; `None` where the server is asked after all, or nobody answers.
    pub(super) fn answer(&self) -> Option<Response<Bytes>> {
        match *self {
            Self::Status { code, retry_after } => {
                let mut answer = answer(code, status(code, retry_after));
                if let Some(seconds) = retry_after {
                    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                }
                Some(answer)
            }
            Self::WatchError { code } => Some(answer(200, json!({ "type": "ERROR", "object": status(code, None) }))),
            _ => None,
        }
    }
}

fn answer(code: u16, body: Value) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(format!("{body}\n")));
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// A Status as the API server writes it for that code.
fn status(code: u16, retry_after: Option<u32>) -> Value {
    let (reason, message) = match code {
        401 => ("Unauthorized", "Unauthorized"),
        403 => ("Forbidden", "forbidden: the account may not do this"),
        404 => ("NotFound", "the server could not find the requested resource"),
        410 => ("Expired", "The resourceVersion for the provided watch is too old."),
        429 => ("TooManyRequests", "too many requests, please try again later"),
        500 => ("InternalError", "Internal error occurred: etcdserver: request timed out"),
        503 => ("ServiceUnavailable", "apiserver not ready"),
        504 => ("Timeout", "the request did not complete within the allotted timeout"),
        _ => ("", "the server refused"),
    };
    let mut status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    });
    if let Some(seconds) = retry_after {
        status["details"] = json!({ "retryAfterSeconds": seconds });
    }
    status
}

/// A fault and the requests it befalls: all of them, until it is narrowed.
///
/// ```
/// use support::{Fault, Rule};
/// // The second and the third list of pods meet a server that is overloaded.
/// let rule = Rule::new(Fault::Status { code: 429, retry_after: Some(1) }).path("/api/v1/pods").lists().skip(1).times(2);
/// ```
#[derive(Clone, Debug)]
pub struct Rule {
    fault: Fault,
    path: String,
    whole: bool,
    method: Option<Method>,
    watch: Option<bool>,
    skip: usize,
    times: usize,
}

impl Rule {
    /// Befalls every request.
    pub fn new(fault: Fault) -> Self {
        Self { fault, path: String::new(), whole: false, method: None, watch: None, skip: 0, times: usize::MAX }
    }

    /// Only requests whose path begins so.
    pub fn path(mut self, prefix: impl Into<String>) -> Self {
        self.path = prefix.into();
        self
    }

    /// Only requests of exactly that path.
    pub fn exactly(mut self, path: impl Into<String>) -> Self {
        self.whole = true;
        self.path(path)
    }

    /// Only requests with that method.
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Only watches.
    pub fn watches(mut self) -> Self {
        self.watch = Some(true);
        self
    }

    /// Only reads that are no watches.
    pub fn lists(mut self) -> Self {
        self.watch = Some(false);
        self.method(Method::GET)
    }

    /// Lets the first `count` such requests pass.
    pub fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// Befalls `count` such requests, then no more.
    pub fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    fn concerns(&self, request: &Seen) -> bool {
        request.path.starts_with(&self.path)
            && (!self.whole || request.path == self.path)
            && self.method.as_ref().is_none_or(|method| *method == request.method)
            && self.watch.is_none_or(|watch| watch == request.is_watch())
    }

    /// The fault that befalls this request, counting it.
    pub(super) fn strike(&mut self, request: &Seen) -> Option<&Fault> {
        if !self.concerns(request) || self.times == 0 {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times -= 1;
        Some(&self.fault)
    }
}

/// A request that came through the proxy.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When it came.
    pub at: Instant,
    /// Which connection it came on, counted from zero.
    pub connection: usize,
    /// Its method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// Its query, decoded.
    pub query: HashMap<String, String>,
    /// The bearer token it carried.
    pub token: Option<String>,
    /// What it accepts: whole objects, their metadata, a table, in which encoding.
    pub accept: Option<String>,
    /// The form of its body.
    pub content_type: Option<String>,
    /// Its body, empty for most reads.
    pub body: Bytes,
    /// How the answer was packed, such as `gzip`.
    pub encoding: Option<String>,
    /// The status it was answered with; `None` as long as there is no answer.
    pub status: Option<u16>,
    /// What befell it.
    pub fault: Option<Fault>,
}

impl Seen {
    /// Whether it asked for a stream of changes.
    pub fn is_watch(&self) -> bool {
        self.query.get("watch").is_some_and(|value| value == "true" || value == "1")
    }

    /// Whether it read, and did not watch.
    pub fn is_list(&self) -> bool {
        self.method == Method::GET && !self.is_watch()
    }
}

/// The parameters of a query.
pub(super) fn parameters(query: &str) -> HashMap<String, String> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(method: Method, path: &str, query: &str) -> Seen {
        Seen {
            at: Instant::now(),
            connection: 0,
            method,
            path: path.to_owned(),
            query: parameters(query),
            token: None,
            accept: None,
            content_type: None,
            body: Bytes::new(),
            encoding: None,
            status: None,
            fault: None,
        }
    }

    #[test]
    fn a_rule_strikes_the_requests_it_names_and_no_others() {
        let mut rule = Rule::new(Fault::Dropped).path("/api/v1/pods").lists().skip(1).times(2);
        let list = seen(Method::GET, "/api/v1/pods", "limit=500");
        let struck: Vec<bool> = (0..5).map(|_| rule.strike(&list).is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        let mut rule = Rule::new(Fault::Silent).path("/api/v1").watches();
        assert_eq!(rule.strike(&list), None);
        assert_eq!(rule.strike(&seen(Method::GET, "/apis/apps/v1/deployments", "watch=1")), None);
        assert_eq!(rule.strike(&seen(Method::GET, "/api/v1/pods", "watch=true")), Some(&Fault::Silent));
    }

    #[test]
    fn queries_are_decoded() {
        let query = parameters("labelSelector=app%3Dweb%2Ctier+in+%28a%29&watch=1&empty&bad=%zz%");
        assert_eq!(query["labelSelector"], "app=web,tier in (a)");
        assert_eq!((query["watch"].as_str(), query["empty"].as_str(), query["bad"].as_str()), ("1", "", "%zz%"));
    }
}
