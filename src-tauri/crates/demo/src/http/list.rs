//! Lists and single objects: pages over one immutable snapshot, sent in chunks.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::form::{Form, Writer};
use super::refusal::Refusal;
use super::selector::Selector;
use super::{Query, Target};
use crate::store::{KindState, Object, Snapshot};

/// Answers are cut into pieces of about this size.
const CHUNK: usize = 64 * 1024;

/// Answers shorter than this are sent as they are even where gzip is accepted, as the API server does.
const GZIP_FROM: usize = 128 * 1024;

/// How many snapshots are kept for lists that are being paged through.
const KEPT_PAGES: usize = 64;

/// The snapshots that `continue` tokens refer to.
#[derive(Debug, Default)]
pub(crate) struct Pages(Mutex<VecDeque<Arc<Snapshot>>>);

impl Pages {
    fn keep(&self, snapshot: &Arc<Snapshot>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().all(|known| known.version != snapshot.version) {
            kept.push_back(snapshot.clone());
            if kept.len() > KEPT_PAGES {
                kept.pop_front();
            }
        }
    }

    fn find(&self, version: u64) -> Option<Arc<Snapshot>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|snapshot| snapshot.version == version).cloned()
    }
}

/// The objects of a kind, or of one of its namespaces, in the order of their keys, from `start` on.
pub(crate) fn range<'a>(
    state: &'a KindState,
    namespace: &'a str,
    start: &str,
) -> impl Iterator<Item = &'a Arc<Object>> {
    let prefix = if namespace.is_empty() { String::new() } else { format!("{namespace}/") };
    let from: Arc<str> = if start > prefix.as_str() { start.into() } else { prefix.as_str().into() };
    state.objects.range(from..).map(|(_, object)| object).take_while(move |object| object.key.starts_with(&prefix))
}

/// One object.
pub(crate) fn get(snapshot: &Snapshot, target: &Target, writer: &Writer, name: &str) -> Result<Response, Refusal> {
    let key = writer.kind.key(&target.namespace, name);
    let object = snapshot.kinds[target.storage]
        .objects
        .get(key.as_str())
        .ok_or_else(|| Refusal::not_found(&writer.kind.qualified(), name))?;
    let mut out = Vec::with_capacity(object.tail().len() + 128);
    writer.single(&mut out, object, true);
    Ok(json_body(Body::from(out)))
}

/// A page of a list, or all of it.
pub(crate) fn list(
    current: &Arc<Snapshot>,
    pages: &Pages,
    target: &Target,
    writer: Writer,
    query: &Query,
    gzip: bool,
) -> Result<Response, Refusal> {
    let selector = Selector::parse(&writer.kind, query.get("labelSelector"), query.get("fieldSelector"))?;
    let mut limit: usize = query.number("limit")?.unwrap_or(0).try_into().unwrap_or(0);
    if query.get("resourceVersion") == "0" && query.get("resourceVersionMatch").is_empty() {
        // "Any version" is answered by the watch cache, which sends everything whatever the limit.
        limit = 0;
    }
    let (snapshot, start) = match query.get("continue") {
        "" => {
            check_version(current, query)?;
            (current.clone(), String::new())
        }
        token => resume(pages, token)?,
    };

    let state = &snapshot.kinds[target.storage];
    let mut matching = range(state, &target.namespace, &start).filter(|object| selector.matches(object));
    let page: Vec<Arc<Object>> = if limit == 0 {
        matching.by_ref().cloned().collect()
    } else {
        matching.by_ref().take(limit).cloned().collect()
    };
    let mut metadata = json!({"resourceVersion": snapshot.version.to_string()});
    if writer.kind.custom && writer.form == Form::Whole {
        // Lists of custom resources always have the field.
        metadata["continue"] = "".into();
    }
    if limit > 0
        && let Some(next) = matching.next()
    {
        pages.keep(&snapshot);
        metadata["continue"] = token(snapshot.version, &next.key).into();
        // The API server knows how many remain only where nothing has to be filtered out.
        if selector.is_empty() {
            metadata["remainingItemCount"] = (matching.count() + 1).into();
        }
    }
    Ok(send(page, writer, metadata, gzip))
}

fn check_version(current: &Snapshot, query: &Query) -> Result<(), Refusal> {
    let Some(asked) = query.number("resourceVersion")? else {
        return Ok(());
    };
    if asked > current.version {
        return Err(Refusal::version_in_future(asked, current.version));
    }
    if query.get("resourceVersionMatch") == "Exact" && asked != current.version {
        return Err(Refusal::expired(format!(
            "The resourceVersion for the provided list is too old: {asked} ({})",
            current.version
        )));
    }
    Ok(())
}

fn token(version: u64, start: &str) -> String {
    let token = json!({"v": "meta.k8s.io/v1", "rv": version, "start": start});
    URL_SAFE_NO_PAD.encode(token.to_string())
}

fn resume(pages: &Pages, token: &str) -> Result<(Arc<Snapshot>, String), Refusal> {
    let parsed = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .and_then(|token| Some((token["rv"].as_u64()?, token["start"].as_str()?.to_owned())));
    let (version, start) =
        parsed.ok_or_else(|| Refusal::bad_request("continue key is not valid: illegal base64 data"))?;
    let snapshot = pages.find(version).ok_or_else(|| {
        Refusal::expired(
            "The provided continue parameter is too old to display a consistent list result. \
             You can start a new list without the continue parameter.",
        )
    })?;
    Ok((snapshot, start))
}

/// Sends the objects as they are written: the answer is never whole in memory.
fn send(page: Vec<Arc<Object>>, writer: Writer, metadata: Value, gzip: bool) -> Response {
    let size: usize = page.iter().map(|object| object.tail().len()).sum();
    let gzip = gzip && size >= GZIP_FROM;
    let mut encoder = gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast()));
    let mut objects = page.into_iter();
    let mut start = Some(metadata);
    let mut first = true;
    let mut done = false;
    let chunks = std::iter::from_fn(move || {
        if done {
            return None;
        }
        let mut out = Vec::with_capacity(CHUNK + 8 * 1024);
        if let Some(metadata) = start.take() {
            writer.list_start(&mut out, metadata);
        }
        while out.len() < CHUNK {
            let Some(object) = objects.next() else {
                out.extend_from_slice(b"]}\n");
                done = true;
                break;
            };
            if !first {
                out.push(b',');
            }
            first = false;
            writer.item(&mut out, &object);
        }
        Some(match encoder.as_mut() {
            None => Ok(Bytes::from(out)),
            Some(encoder) => compress(encoder, &out, done).map(Bytes::from),
        })
    });
    let mut response = json_body(Body::from_stream(futures::stream::iter(chunks)));
    if gzip {
        let gzip = HeaderValue::from_static("gzip");
        response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
    }
    response
}

fn compress(encoder: &mut GzEncoder<Vec<u8>>, piece: &[u8], last: bool) -> std::io::Result<Vec<u8>> {
    encoder.write_all(piece)?;
    if last {
        encoder.try_finish()?;
    }
    Ok(std::mem::take(encoder.get_mut()))
}

pub(crate) fn json_body(body: Body) -> Response {
    let mut response = Response::new(body);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
