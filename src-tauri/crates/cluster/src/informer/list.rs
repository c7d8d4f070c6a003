//! Lists one target page by page: the next page is asked for while the last one is still coming in and the one before
//! is being read, which is done on threads of its own.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use model::{Delta, ResourceKind};
use tokio::task::JoinSet;

use super::decode::{self, Head, Page};
use super::{Informer, State};
use crate::failure::Failure;
use crate::session::{Ask, CHUNK_PATIENCE, next_chunk};

/// Objects of a page. 500 pods are 4 MB and take an API server 40 ms.
const PAGE: usize = 500;
/// The first page is small: something is on the screen at once.
const FIRST_PAGE: usize = 100;
/// Where the head of a page ends at the latest.
const HEAD_LIMIT: usize = 8 << 10;

/// Lists everything and hands it on; answers the version from which a watch goes on.
pub(super) async fn run(informer: &Informer, state: &mut State) -> Result<String, Failure> {
    let target = &informer.target;
    // Reading threads end with this future; at most two pages are read at a time.
    let mut reading: JoinSet<Result<Page, Failure>> = JoinSet::new();
    let mut next = String::new();
    let mut limit = FIRST_PAGE;
    let mut version = String::new();
    let mut received = 0;
    loop {
        informer.outbox.has_room().await;
        let (bytes, zipped, head) = fetch(informer, limit, &next).await?;
        limit = PAGE;
        if reading.len() > 1 {
            join(informer, state, &mut reading, &mut received).await?;
        }
        let kind = target.kind.clone();
        let size = bytes.len();
        let read = move || read(&bytes, zipped, &kind);
        // A thread change costs more than reading a small page, and without a head the next page cannot be asked for.
        let head = match head {
            Some(head) if size >= 32 << 10 => {
                reading.spawn_blocking(read);
                head
            }
            _ => take(informer, state, read()?, &mut received),
        };
        version = if head.resource_version.is_empty() { version } else { head.resource_version };
        next = head.next;
        if next.is_empty() {
            break;
        }
    }
    while join(informer, state, &mut reading, &mut received).await?.is_some() {}
    Ok(version)
}

/// One page's bytes, whether they are zipped, and its head where that could be read on the way.
async fn fetch(informer: &Informer, limit: usize, next: &str) -> Result<(Bytes, bool, Option<Head>), Failure> {
    let path = informer.target.list_path(limit, next);
    let gzip = !informer.session.is_local();
    let ask = Ask { path: &path, accept: informer.target.list_accept(), gzip, watch: None };
    let answer = informer.session.get(ask).await?;
    let zipped = answer.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
    let mut body = answer.into_body();
    let mut bytes = bytes::BytesMut::new();
    while let Some(chunk) = next_chunk(&mut body, CHUNK_PATIENCE).await? {
        bytes.extend_from_slice(&chunk);
    }
    let bytes = bytes.freeze();
    let head = if zipped { unzipped_head(&bytes) } else { decode::head(bytes.get(..HEAD_LIMIT).unwrap_or(&bytes)) };
    Ok((bytes, zipped, head))
}

fn unzipped_head(bytes: &[u8]) -> Option<Head> {
    let mut beginning = Vec::new();
    MultiGzDecoder::new(bytes).take(HEAD_LIMIT as u64).read_to_end(&mut beginning).ok()?;
    decode::head(&beginning)
}

fn read(bytes: &[u8], zipped: bool, kind: &ResourceKind) -> Result<Page, Failure> {
    let malformed = |error: &dyn std::fmt::Display| Failure::Malformed(error.to_string());
    if !zipped {
        return decode::page(bytes, kind).map_err(|error| malformed(&error));
    }
    let mut plain = Vec::with_capacity(bytes.len() * 8);
    MultiGzDecoder::new(bytes).read_to_end(&mut plain).map_err(|error| malformed(&error))?;
    decode::page(&plain, kind).map_err(|error| malformed(&error))
}

/// Waits for a page that is being read and hands it on; none where none is.
async fn join(
    informer: &Informer,
    state: &mut State,
    reading: &mut JoinSet<Result<Page, Failure>>,
    received: &mut u64,
) -> Result<Option<Head>, Failure> {
    match reading.join_next().await {
        None => Ok(None),
        Some(Ok(page)) => Ok(Some(take(informer, state, page?, received))),
        Some(Err(error)) => Err(Failure::Malformed(error.to_string())),
    }
}

fn take(informer: &Informer, state: &mut State, page: Page, received: &mut u64) -> Head {
    *received += page.objects.len() as u64;
    let deltas: Vec<Delta> = page.objects.into_iter().map(Delta::Upsert).collect();
    informer.tell(&deltas);
    informer.outbox.write(&informer.pen, deltas.into_iter().chain(state.loading(informer, *received)));
    page.head
}
