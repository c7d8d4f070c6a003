//! The Kubernetes API over HTTP: one generic implementation over all kinds.
//!
//! Requests only read. Whatever is not implemented is refused with a `Status` 501 that says so.

mod columns;
mod discovery;
mod form;
mod list;
mod logs;
mod metrics;
mod protobuf;
mod refusal;
mod review;
mod selector;
mod watch;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, Uri, header};
use percent_encoding::percent_decode_str;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use tokio::sync::watch as channel;
use tokio_util::sync::CancellationToken;

use self::form::{Form, Writer};
use self::list::Pages;
use self::refusal::{Refusal, json_response};
use crate::clock::Clock;
use crate::kinds::{KindId, Registry};
use crate::profile::Profiles;
use crate::store::Snapshot;

/// What every request can see.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) registry: Arc<Registry>,
    pub(crate) snapshots: channel::Receiver<Arc<Snapshot>>,
    pub(crate) profiles: Arc<Profiles>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) closing: CancellationToken,
    pub(crate) address: SocketAddr,
    pages: Arc<Pages>,
}

/// What a request is about.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The kind that holds the objects.
    storage: KindId,
    /// Empty for all namespaces, and for what is cluster-scoped.
    namespace: String,
    name: Option<String>,
}

/// The query of a request, decoded.
#[derive(Debug, Default)]
pub(crate) struct Query(FxHashMap<String, String>);

impl Query {
    fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// A parameter, empty where absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "1")
    }

    /// A number, `None` where absent or empty.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.get(name) {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| Refusal::bad_request(format!("invalid value for {name}: {text:?} is not a number"))),
        }
    }
}

impl Api {
    pub(crate) fn new(
        registry: Arc<Registry>,
        snapshots: channel::Receiver<Arc<Snapshot>>,
        profiles: Arc<Profiles>,
        clock: Arc<dyn Clock>,
        closing: CancellationToken,
        address: SocketAddr,
    ) -> Self {
        Self { registry, snapshots, profiles, clock, closing, address, pages: Arc::default() }
    }

    /// The service of the whole API.
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(handle).with_state(self)
    }

    fn answer(&self, request: &Request) -> Result<Response, Refusal> {
        let segments: Vec<&str> = request.path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            [] => Ok(json_response(&self.paths())),
            ["version"] => Ok(json_response(&version())),
            ["readyz" | "livez" | "healthz", ..] => Ok("ok".into_response()),
            ["api"] if discovery::wants_aggregated(request.accept()) => Ok(discovery::aggregated(&self.registry, true)),
            ["apis"] if discovery::wants_aggregated(request.accept()) => {
                Ok(discovery::aggregated(&self.registry, false))
            }
            ["api"] => Ok(json_response(&discovery::core_versions(&self.address.to_string()))),
            ["apis"] => Ok(json_response(&discovery::group_list(&self.registry))),
            ["apis", group] | ["apis", group, ..] if !discovery::serves(&self.registry, group) => Ok(page_not_found()),
            ["apis", group] => Ok(json_response(&discovery::group(&self.registry, group)?)),
            ["api", version] => Ok(json_response(&discovery::resources(&self.registry, "", version)?)),
            ["apis", group, version] => Ok(json_response(&discovery::resources(&self.registry, group, version)?)),
            ["api", version, rest @ ..] => self.resource("", version, rest, request),
            ["apis", group, version, rest @ ..] => self.resource(group, version, rest, request),
            ["openapi", ..] => Err(Refusal::not_implemented("OpenAPI documents")),
            _ => Ok(page_not_found()),
        }
    }

    fn resource(&self, group: &str, version: &str, rest: &[&str], request: &Request) -> Result<Response, Refusal> {
        // `namespaces/NAME` alone is the Namespace; with more behind it, it is the scope of what follows.
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
            rest => ("", rest),
        };
        let (plural, name, subresource) = match rest {
            ["watch", ..] => return Err(Refusal::not_implemented("the /watch/ paths")),
            [plural] => (*plural, None, None),
            [plural, name] => (*plural, Some(*name), None),
            [plural, name, subresource, ..] => (*plural, Some(*name), Some(*subresource)),
            [] => return Err(Refusal::no_such_resource()),
        };
        if matches!(group, "authorization.k8s.io" | "authentication.k8s.io") && request.method == Method::POST {
            let body = match protobuf::review(plural, &request.body) {
                Some(body) => body,
                None => request.json()?,
            };
            let mut response = json_response(&review::review(plural, body, self.clock.now())?);
            *response.status_mut() = http::StatusCode::CREATED;
            return Ok(response);
        }
        let reads = request.method == Method::GET || request.method == Method::HEAD;
        if group == "metrics.k8s.io" && reads && subresource.is_none() {
            let target = Target { storage: 0, namespace: namespace.to_owned(), name: name.map(str::to_owned) };
            let snapshot = self.snapshots.borrow().clone();
            let metrics = metrics::Metrics {
                registry: &self.registry,
                snapshot: &snapshot,
                profiles: &self.profiles,
                now: self.clock.now(),
            };
            return metrics.answer(plural, &target, &request.query);
        }
        let id = self.registry.resource(group, version, plural).ok_or_else(Refusal::no_such_resource)?;
        let kind = self.registry.kind(id);
        if !reads {
            return Err(Refusal::not_implemented(&format!(
                "{} on {}, the demo is read-only",
                request.method,
                kind.qualified()
            )));
        }
        if let (Some("log"), "Pod", Some(name)) = (subresource, kind.kind.as_ref(), name) {
            let source = logs::Source {
                snapshots: self.snapshots.clone(),
                clock: self.clock.clone(),
                closing: self.closing.clone(),
                profiles: self.profiles.clone(),
                pods: id,
                key: kind.key(namespace, name),
            };
            return logs::log(source, &request.query);
        }
        if let Some(subresource) = subresource {
            return Err(Refusal::not_implemented(&format!("subresource {subresource} of {}", kind.qualified())));
        }
        let target = Target {
            storage: kind.view_of.unwrap_or(id),
            namespace: namespace.to_owned(),
            name: name.map(str::to_owned),
        };
        let include = Some(request.query.get("includeObject")).filter(|text| !text.is_empty());
        let form = Form::accepted(request.accept(), include)?;
        let writer = Writer::new(form, kind.clone(), self.clock.now());
        if request.query.flag("watch") {
            return watch::watch(
                self.snapshots.clone(),
                self.clock.clone(),
                self.closing.clone(),
                target,
                writer,
                &request.query,
            );
        }
        let snapshot = self.snapshots.borrow().clone();
        match name {
            Some(name) => list::get(&snapshot, &target, &writer, name),
            None => list::list(&snapshot, &self.pages, &target, writer, &request.query, request.gzip()),
        }
    }

    fn paths(&self) -> Value {
        let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned()];
        for (group, version) in self.registry.groups() {
            if !group.is_empty() {
                paths.push(format!("/apis/{group}"));
                paths.push(format!("/apis/{group}/{version}"));
            }
        }
        paths.extend(["/healthz", "/livez", "/readyz", "/version"].map(str::to_owned));
        json!({"paths": paths})
    }
}

/// Where not even the group is served, a real server answers in plain text.
fn page_not_found() -> Response {
    (http::StatusCode::NOT_FOUND, "404 page not found\n").into_response()
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": "36",
        "emulationMajor": "1",
        "emulationMinor": "36",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35",
        "gitVersion": "v1.36.3+kubilitics-demo",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-11-20T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": "demo/memory",
    })
}

struct Request {
    method: Method,
    path: String,
    query: Query,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    fn accept(&self) -> &str {
        let accept = self.headers.get(header::ACCEPT);
        accept.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    fn gzip(&self) -> bool {
        let encodings = self.headers.get(header::ACCEPT_ENCODING);
        encodings.and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("gzip"))
    }

    fn json(&self) -> Result<Value, Refusal> {
        serde_json::from_slice(&self.body).map_err(|_| Refusal::unsupported_media_type())
    }
}

async fn handle(State(api): State<Api>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if !is_loopback(&headers, &uri) {
        // A web page that resolves its own name to loopback must not read even invented data.
        return Refusal::forbidden("the demo answers only under a loopback name").into_response();
    }
    let request = Request {
        method,
        path: uri.path().split('/').map(decode_segment).collect::<Vec<_>>().join("/"),
        query: Query::parse(uri.query().unwrap_or("")),
        headers,
        body,
    };
    tracing::debug!(method = %request.method, path = %request.path, "demo request");
    match api.answer(&request) {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// A path segment: unlike in a query, `+` is itself, and an encoded slash does not become a separator.
fn decode_segment(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().replace('/', "%2F")
}

fn is_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let Some(host) = host else {
        return false;
    };
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host });
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
