//! Watches one target from a version on, until the connection ends or the version is too old.

use std::time::Duration;

use bytes::{Buf, BytesMut};
use model::Delta;
use tokio::time::Instant;

use super::decode::{self, Event};
use super::{Informer, State, backoff};
use crate::failure::Failure;
use crate::session::{Ask, is_pinged, next_chunk};

/// The server ends a watch after this long, give or take a fifth, so that all of them do not end together.
const WATCH_SECONDS: f64 = 290.0;
/// Over HTTP/1.1 nothing but the stream itself tells that it lives; API servers send a bookmark every minute.
const UNPINGED_SILENCE: Duration = Duration::from_secs(75);
/// A watch that ends sooner and brought nothing did not end in its time.
const SHORTEST: Duration = Duration::from_secs(1);
/// One event is a few kilobytes; etcd refuses objects above 1.5 MB.
const LINE_LIMIT: usize = 64 << 20;

/// Follows the target; `version` moves along. Answers normally where the server ended the watch in its time.
pub(super) async fn run(informer: &Informer, state: &mut State, version: &mut String) -> Result<(), Failure> {
    let seconds = WATCH_SECONDS * (0.8 + 0.4 * backoff::chance());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let path = informer.target.watch_path(version, seconds as u64);
    let ask = Ask { path: &path, accept: informer.target.watch_accept(), gzip: false, watch: Some(informer.number) };
    let (asked, from) = (Instant::now(), version.clone());
    let answer = informer.session.get(ask).await?;
    state.live(informer);
    let is_pinged = is_pinged(&answer);
    let patience = match informer.silence {
        Some(silence) => silence,
        None if is_pinged => Duration::from_secs_f64(seconds + 15.0),
        None => UNPINGED_SILENCE,
    };
    let mut body = answer.into_body();
    let mut lines = BytesMut::new();
    loop {
        let chunk = match next_chunk(&mut body, patience).await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            // Not every server sends bookmarks: whether this one is away, the next request tells.
            Err(Failure::Silent(_)) if !is_pinged && lines.is_empty() => return Ok(()),
            Err(failure) => return Err(failure),
        };
        informer.session.hear();
        lines.extend_from_slice(&chunk);
        let mut deltas = Vec::new();
        let outcome = read_lines(informer, &mut lines, version, &mut deltas);
        if !deltas.is_empty() {
            informer.tell(&deltas);
            informer.outbox.write(&informer.pen, deltas);
        }
        outcome?;
        if lines.len() > LINE_LIMIT {
            return Err(Failure::Malformed("an event without end".to_owned()));
        }
    }
    if !lines.is_empty() {
        return Err(Failure::Malformed("an event was cut off".to_owned()));
    }
    if asked.elapsed() < SHORTEST && *version == from {
        // Asking again at once would go on for ever.
        return Err(Failure::Network("the server ends every watch at once".to_owned()));
    }
    Ok(())
}

/// Takes all whole lines; those before a fault are in `deltas`.
fn read_lines(
    informer: &Informer,
    lines: &mut BytesMut,
    version: &mut String,
    deltas: &mut Vec<Delta>,
) -> Result<(), Failure> {
    while let Some(end) = lines.iter().position(|&byte| byte == b'\n') {
        let line = lines.split_to(end);
        lines.advance(1);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match decode::event(&line, &informer.target.kind).map_err(|error| Failure::Malformed(error.to_string()))? {
            Event::Upsert(object) => {
                advance(version, object.resource_version.as_deref());
                deltas.push(Delta::Upsert(object));
            }
            Event::Delete { key, resource_version } => {
                advance(version, resource_version.as_deref());
                deltas.push(Delta::Delete(key));
            }
            Event::Bookmark { resource_version } => advance(version, Some(&resource_version)),
            Event::Error { code, message } => return Err(Failure::of_answer(code, None, message.as_bytes())),
        }
    }
    Ok(())
}

fn advance(version: &mut String, to: Option<&str>) {
    if let Some(to) = to.filter(|to| !to.is_empty()) {
        to.clone_into(version);
    }
}
