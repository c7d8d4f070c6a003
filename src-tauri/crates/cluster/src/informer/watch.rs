//! Watches one target from a version on, until the connection ends or the version is too old.

use std::time::Duration;

use bytes::{Buf, BytesMut};
use model::Delta;
use tokio::time::Instant;

use super::decode::{self, Event};
use super::{Informer, State};
use crate::client::{Ask, Limit, Watching, is_pinged, next_chunk};
use crate::failure::Failure;

/// The server ends a watch after this long, give or take a fifth, so that all of them do not end together.
const WATCH_SECONDS: f64 = 290.0;
/// Over HTTP/1.1 nothing but the stream itself tells that it lives; API servers send a bookmark every minute.
const UNPINGED_SILENCE: Duration = Duration::from_secs(75);
/// A watch that ends sooner and brought nothing did not end in its time.
const SHORTEST: Duration = Duration::from_secs(1);
/// One event is a few kilobytes; etcd refuses objects above 1.5 MB.
const LINE_LIMIT: Limit = Limit { what: "one event of a watch", bytes: 16 << 20 };

/// Follows the target; `version` moves along. Answers normally where the server ended the watch in its time.
pub(super) async fn run(informer: &Informer, state: &mut State, version: &mut String) -> Result<(), Failure> {
    let seconds = WATCH_SECONDS * (0.8 + 0.4 * fastrand::f64());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let path = informer.target.watch_path(version, seconds as u64);
    let ask = Ask { path: &path, accept: informer.target.watch_accept(), gzip: false };
    let (asked, from) = (Instant::now(), version.clone());
    // The slot on its connection is given back when this function ends.
    let Watching { answer, slot: _slot } = informer.client.watch(ask).await?;
    informer.client.hear();
    state.watch_began = Some(Instant::now());
    state.watched(informer);
    let is_pinged = is_pinged(&answer);
    let patience = match informer.silence {
        Some(silence) => silence,
        None if is_pinged => Duration::from_secs_f64(seconds + 15.0),
        None => UNPINGED_SILENCE,
    };
    let mut body = answer.into_body();
    let mut lines = Lines::default();
    loop {
        let chunk = match next_chunk(&mut body, patience).await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            // Not every server sends bookmarks: whether this one is away, the next request tells.
            Err(Failure::Silent(_)) if !is_pinged && lines.rest.is_empty() => return Ok(()),
            Err(failure) => return Err(failure),
        };
        lines.rest.extend_from_slice(&chunk);
        let mut deltas = Vec::new();
        let outcome = read_lines(informer, &mut lines, version, &mut deltas);
        if !deltas.is_empty() {
            informer.tell(&deltas);
            informer.outbox.write(&informer.writer, deltas);
        }
        outcome?;
        if lines.rest.len() > LINE_LIMIT.bytes {
            return Err(LINE_LIMIT.exceeded());
        }
    }
    if !lines.rest.is_empty() {
        return Err(Failure::Malformed("an event was cut off".to_owned()));
    }
    if asked.elapsed() < SHORTEST && *version == from {
        // Asking again at once would go on for ever.
        return Err(Failure::Network("the server ends every watch at once".to_owned()));
    }
    Ok(())
}

/// What came and is no whole line yet.
#[derive(Default)]
struct Lines {
    rest: BytesMut,
    /// So much of it was searched: a line that comes in a thousand pieces is looked through once.
    searched: usize,
}

impl Lines {
    /// The next whole line, without its end.
    fn next(&mut self) -> Option<BytesMut> {
        let unsearched = self.rest.get(self.searched..).unwrap_or_default();
        let Some(end) = unsearched.iter().position(|&byte| byte == b'\n') else {
            self.searched = self.rest.len();
            return None;
        };
        let line = self.rest.split_to(self.searched + end);
        self.rest.advance(1);
        self.searched = 0;
        Some(line)
    }
}

/// Takes all whole lines; those before a fault are in `deltas`.
fn read_lines(
    informer: &Informer,
    lines: &mut Lines,
    version: &mut String,
    deltas: &mut Vec<Delta>,
) -> Result<(), Failure> {
    while let Some(line) = lines.next() {
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
        informer.client.hear();
    }
    Ok(())
}

fn advance(version: &mut String, to: Option<&str>) {
    if let Some(to) = to.filter(|to| !to.is_empty()) {
        to.clone_into(version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_whatever_pieces_they_came_in() {
        let (mut lines, mut read, mut most) = (Lines::default(), Vec::new(), 0);
        for byte in b"first\n\nsecond line\nrest" {
            lines.rest.extend_from_slice(&[*byte]);
            most = most.max(lines.rest.len() - lines.searched);
            while let Some(line) = lines.next() {
                read.push(String::from_utf8_lossy(&line).into_owned());
            }
        }
        assert_eq!((read, &*lines.rest), (["first", "", "second line"].map(str::to_owned).to_vec(), &b"rest"[..]));
        assert_eq!(most, 1, "what was searched once is not searched again");
    }
}
