//! Watches: one stream of changes per request, fed by the published snapshots.
//!
//! A watch holds a position, not a queue: however slow its reader is, it costs nothing but the history that
//! the store keeps anyway. A reader that falls behind that window is told so with a 410, as by a real server.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::form::Writer;
use super::list::{json_body, range};
use super::refusal::Refusal;
use super::selector::Selector;
use super::{Query, Target};
use crate::clock::Clock;
use crate::store::{Change, Object, Snapshot};

/// A quiet watch that wants bookmarks gets one this often.
const BOOKMARK_EVERY: Duration = Duration::from_secs(60);

/// A watch without `timeoutSeconds` ends after this time; real servers choose 30 to 60 minutes.
const LONGEST: Duration = Duration::from_secs(45 * 60);

/// Events are sent in pieces of about this size when many are due.
const CHUNK: usize = 64 * 1024;

struct Watch {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    clock: Arc<dyn Clock>,
    closing: CancellationToken,
    target: Target,
    selector: Selector,
    writer: Writer,
    /// Objects to announce before the changes.
    initial: VecDeque<Arc<Object>>,
    /// The version at which the initial objects end with a bookmark, if that was asked for.
    initial_end: Option<u64>,
    position: u64,
    bookmarks: bool,
    next_bookmark: Instant,
    deadline: Instant,
    /// The error that ends this watch once it is sent.
    refused: Option<Refusal>,
    header_sent: bool,
    ended: bool,
}

/// Opens a watch.
pub(crate) fn watch(
    snapshots: watch::Receiver<Arc<Snapshot>>,
    clock: Arc<dyn Clock>,
    closing: CancellationToken,
    target: Target,
    writer: Writer,
    query: &Query,
) -> Result<Response, Refusal> {
    let mut selector = query.get("fieldSelector").to_owned();
    if let Some(name) = &target.name {
        selector = format!("metadata.name={name}");
    }
    let selector = Selector::parse(&writer.kind, query.get("labelSelector"), &selector)?;
    let streaming = query.flag("sendInitialEvents");
    let bookmarks = query.flag("allowWatchBookmarks");
    if streaming && query.get("resourceVersionMatch") != "NotOlderThan" {
        return Err(Refusal::invalid_options(
            "resourceVersionMatch",
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ));
    }
    let asked = query.number("resourceVersion")?.unwrap_or(0);
    let snapshot = snapshots.borrow().clone();
    let state = &snapshot.kinds[target.storage];
    let mut refused = None;
    let mut initial = VecDeque::new();
    let mut initial_end = None;
    let position = if streaming || asked == 0 {
        initial = range(state, &target.namespace, "").filter(|object| selector.matches(object)).cloned().collect();
        initial_end = (streaming && bookmarks).then_some(snapshot.version);
        snapshot.version
    } else {
        if asked < state.floor {
            // A real server has answered 200 by then: the refusal is an event of the stream.
            refused = Some(too_old(asked, state.floor));
        }
        asked
    };
    let timeout = query.number("timeoutSeconds")?.filter(|seconds| *seconds > 0);
    let timeout = timeout.map_or(LONGEST, Duration::from_secs);
    let opened = Instant::now();
    let watch = Watch {
        snapshots,
        clock,
        closing,
        target,
        selector,
        writer,
        initial,
        initial_end,
        position,
        bookmarks,
        next_bookmark: opened + BOOKMARK_EVERY,
        deadline: opened + timeout,
        refused,
        header_sent: false,
        ended: false,
    };
    let events = futures::stream::unfold(watch, |mut watch| async move {
        let piece = watch.next().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), watch))
    });
    Ok(json_body(Body::from_stream(events)))
}

fn too_old(asked: u64, floor: u64) -> Refusal {
    Refusal::expired(format!("too old resource version: {asked} ({floor})"))
}

impl Watch {
    /// The next piece of the answer; `None` ends it.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.ended || self.closing.is_cancelled() {
                return None;
            }
            let mut out = Vec::new();
            self.collect(&mut out);
            if !out.is_empty() {
                return Some(Bytes::from(out));
            }
            let pause = if self.bookmarks { self.next_bookmark.min(self.deadline) } else { self.deadline };
            tokio::select! {
                changed = self.snapshots.changed() => changed.ok()?,
                () = tokio::time::sleep_until(pause) => {
                    if Instant::now() >= self.deadline {
                        return None;
                    }
                    self.next_bookmark = Instant::now() + BOOKMARK_EVERY;
                    let mut out = Vec::new();
                    self.bookmark(&mut out, self.position, false);
                    return Some(Bytes::from(out));
                }
                () = self.closing.cancelled() => return None,
            }
        }
    }

    /// Writes what is due, at most about one chunk.
    fn collect(&mut self, out: &mut Vec<u8>) {
        self.writer.now = self.clock.now();
        while let Some(object) = self.initial.pop_front() {
            self.event(out, "ADDED", &object);
            if out.len() >= CHUNK {
                return;
            }
        }
        if let Some(version) = self.initial_end.take() {
            self.bookmark(out, version, true);
        }
        if self.refused.is_none() {
            self.changes(out);
        }
        if let Some(refusal) = self.refused.take() {
            let event = json!({"type": "ERROR", "object": refusal.status()});
            out.extend_from_slice(event.to_string().as_bytes());
            out.push(b'\n');
            self.ended = true;
        }
    }

    fn changes(&mut self, out: &mut Vec<u8>) {
        let snapshot = self.snapshots.borrow_and_update().clone();
        let state = &snapshot.kinds[self.target.storage];
        if self.position < state.floor {
            self.refused = Some(too_old(self.position, state.floor));
            return;
        }
        for change in state.after(self.position) {
            self.change(out, change);
        }
        self.position = self.position.max(snapshot.version);
    }

    fn change(&mut self, out: &mut Vec<u8>, change: &Change) {
        if !self.target.namespace.is_empty() && change.new.namespace() != self.target.namespace {
            return;
        }
        let was = change.old.as_ref().is_some_and(|old| self.selector.matches(old));
        let is = !change.deleted && self.selector.matches(&change.new);
        match (was, is) {
            (false, true) => self.event(out, "ADDED", &change.new),
            (true, true) => self.event(out, "MODIFIED", &change.new),
            (true, false) => self.event(out, "DELETED", &change.new),
            (false, false) => {}
        }
    }

    fn event(&mut self, out: &mut Vec<u8>, kind: &str, object: &Object) {
        out.extend_from_slice(format!("{{\"type\":\"{kind}\",\"object\":").as_bytes());
        self.writer.single(out, object, !self.header_sent);
        self.header_sent = true;
        out.extend_from_slice(b"}\n");
    }

    fn bookmark(&self, out: &mut Vec<u8>, version: u64, initial_end: bool) {
        let mut metadata = json!({"resourceVersion": version.to_string(), "creationTimestamp": null});
        if initial_end {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        let object = self.writer.empty(metadata);
        let event = json!({"type": "BOOKMARK", "object": object});
        out.extend_from_slice(event.to_string().as_bytes());
        out.push(b'\n');
    }
}
