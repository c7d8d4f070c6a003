//! Lists one target page by page: the next page is asked for while the last one is still coming in and the one before
//! is being read, which is done on threads of its own.

use std::collections::HashSet;
use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use model::{Delta, ResourceKind};
use tokio::task::JoinSet;

use super::decode::{self, Head, Page};
use super::{Informer, State};
use crate::client::{Ask, Limit, read_all};
use crate::failure::Failure;

/// Objects of a page. 500 pods are 4 MB and take an API server 40 ms.
const PAGE: usize = 500;
/// The first page is small: something is on the screen at once.
const FIRST_PAGE: usize = 100;
/// A page of objects so large that a usual one exceeds its limit.
const SMALL_PAGE: usize = 20;
/// A hundred times the objects of a large cluster: a server that lists more does not end.
const MOST_OBJECTS: u64 = 10_000_000;
/// Where the head of a page ends at the latest.
const HEAD_LIMIT: usize = 8 << 10;

/// Lists everything and hands it on; answers the version from which a watch goes on.
pub(super) async fn run(informer: &Informer, state: &mut State) -> Result<String, Failure> {
    let target = &informer.target;
    // Reading threads end with this future; at most two pages are read at a time.
    let mut reading: JoinSet<Result<Page, Failure>> = JoinSet::new();
    let mut next = String::new();
    let mut asked = HashSet::new();
    let mut limit = if state.small_pages { SMALL_PAGE } else { FIRST_PAGE };
    let mut version = String::new();
    let mut received = 0;
    loop {
        informer.outbox.has_room().await;
        let (bytes, zipped, head) = fetch(informer, limit, &next).await?;
        limit = if state.small_pages { SMALL_PAGE } else { PAGE };
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
            // Only a page as a whole tells where it goes on: servers write lists of custom resources items first.
            None if size >= 32 << 10 => {
                while join(informer, state, &mut reading, &mut received).await?.is_some() {}
                reading.spawn_blocking(read);
                join(informer, state, &mut reading, &mut received).await?.unwrap_or_default()
            }
            _ => take(informer, state, read()?, &mut received),
        };
        version = if head.resource_version.is_empty() { version } else { head.resource_version };
        next = head.next;
        if next.is_empty() {
            break;
        }
        if !asked.insert(next.clone()) {
            return Err(Failure::Malformed("the list leads back to a page that it gave before".to_owned()));
        }
        if received > MOST_OBJECTS {
            return Err(Failure::Malformed(format!("the list has more than {MOST_OBJECTS} objects")));
        }
    }
    while join(informer, state, &mut reading, &mut received).await?.is_some() {}
    Ok(version)
}

/// One page's bytes, whether they are zipped, and its head where that could be read on the way.
async fn fetch(informer: &Informer, limit: usize, next: &str) -> Result<(Bytes, bool, Option<Head>), Failure> {
    let path = informer.target.list_path(limit, next);
    let gzip = !informer.client.is_local();
    let ask = Ask { path: &path, accept: informer.target.list_accept(), gzip };
    let answer = informer.client.get(ask).await?;
    let zipped = answer.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
    let bytes = read_all(answer.into_body(), Limit::PAGE).await?;
    informer.client.hear();
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
    decode::page(&unpack(bytes, Limit::PAGE)?, kind).map_err(|error| malformed(&error))
}

/// A few kilobytes may hold gigabytes.
fn unpack(bytes: &[u8], limit: Limit) -> Result<Vec<u8>, Failure> {
    let mut plain = Vec::with_capacity(bytes.len().saturating_mul(8).min(limit.bytes));
    let unpacked = MultiGzDecoder::new(bytes).take(limit.bytes as u64 + 1).read_to_end(&mut plain);
    unpacked.map_err(|error| Failure::Malformed(error.to_string()))?;
    if plain.len() > limit.bytes { Err(limit.exceeded()) } else { Ok(plain) }
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
    informer.outbox.write(&informer.writer, deltas.into_iter().chain(state.loading(informer, *received)));
    page.head
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_page_that_unpacks_to_more_than_its_limit_is_refused_by_name() {
        let limit = Limit { what: "one page of a list", bytes: 1 << 20 };
        let pack = |bytes: usize| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(&vec![b' '; bytes]).unwrap();
            packer.finish().unwrap()
        };
        assert_eq!(unpack(&pack(1 << 20), limit).unwrap().len(), 1 << 20);
        let refused = unpack(&pack((1 << 20) + 1), limit).unwrap_err();
        assert_eq!(refused.to_string(), "one page of a list is larger than 1 MB, the most that is read of it");
    }
}
