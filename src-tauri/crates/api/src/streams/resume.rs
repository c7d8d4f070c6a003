//! Streams that a reader takes up again after its connection broke: by the number of the last message that it got.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::{CancellationToken, DropGuard};

/// Numbers of one stream: enough for six days of frames at the highest pace, so that a number names its stream as well.
const NUMBERS: u64 = 1 << 24;
/// Ranges that may be the first.
const RANGES: u64 = 1 << 28;
/// Streams of one kind and cluster that wait for their readers: enough for a few pages whose connection broke.
const WAITING: usize = 4;

/// Gives each stream its range of numbers.
pub(crate) struct Numbers(AtomicU64);

impl Default for Numbers {
    /// From some range on: what a page holds that outlived its server names nothing of the next one. The first half of the
    /// numbers that JavaScript can hold begins them, the second leaves room for as many streams again.
    fn default() -> Self {
        Self(AtomicU64::new(fastrand::u64(..RANGES) * NUMBERS))
    }
}

impl Numbers {
    /// The number before the first of a new stream; it is never sent.
    pub(crate) fn begin(&self) -> u64 {
        self.0.fetch_add(NUMBERS, Ordering::Relaxed)
    }

    fn stream_of(number: u64) -> u64 {
        number / NUMBERS
    }
}

/// The streams of one kind of a cluster: with a reader, or waiting for theirs to come back with their state `S`.
pub(crate) struct Resumable<S>(Mutex<Streams<S>>);

struct Streams<S> {
    read: Vec<Read>,
    waiting: Vec<(u64, S)>,
}

/// A stream with a reader.
struct Read {
    stream: u64,
    /// Cancelled when its reader is back on another connection.
    taken: CancellationToken,
    /// Cancelled when it has ended.
    ended: CancellationToken,
}

/// Says that a stream has a reader, until it is dropped.
pub(crate) struct Served {
    taken: CancellationToken,
    _ended: DropGuard,
}

impl Served {
    /// Waits until its reader is back on another connection: then it is to be parked.
    pub(crate) async fn taken(&self) {
        self.taken.cancelled().await;
    }
}

impl<S> Default for Resumable<S> {
    fn default() -> Self {
        Self(Mutex::new(Streams { read: Vec::new(), waiting: Vec::new() }))
    }
}

impl<S> Resumable<S> {
    fn lock(&self) -> MutexGuard<'_, Streams<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters the stream that this number is of. Drop what is answered after the stream was parked.
    pub(crate) fn serve(&self, number: u64) -> Served {
        let (taken, ended) = (CancellationToken::new(), CancellationToken::new());
        let mut streams = self.lock();
        streams.read.retain(|each| !each.ended.is_cancelled());
        let stream = Numbers::stream_of(number);
        streams.read.push(Read { stream, taken: taken.clone(), ended: ended.clone() });
        Served { taken, _ended: ended.drop_guard() }
    }

    /// Keeps a stream whose reader is gone. The oldest is forgotten where too many wait.
    pub(crate) fn park(&self, number: u64, state: S) {
        let mut streams = self.lock();
        if streams.waiting.len() >= WAITING {
            streams.waiting.remove(0);
        }
        streams.waiting.push((Numbers::stream_of(number), state));
    }

    /// The stream that sent this number, where it waits. Its reader may be back before it is known that it was gone: then
    /// it is taken away from there.
    pub(crate) async fn take_up(&self, number: u64) -> Option<S> {
        let stream = Numbers::stream_of(number);
        let ended = self.lock().read.iter().find(|each| each.stream == stream).map(|read| {
            read.taken.cancel();
            read.ended.clone()
        });
        if let Some(ended) = ended {
            ended.cancelled().await;
        }
        let mut streams = self.lock();
        let at = streams.waiting.iter().position(|(waits, _)| *waits == stream)?;
        Some(streams.waiting.remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_stream_is_taken_up_by_any_of_its_numbers_and_by_none_of_another() {
        let (numbers, streams) = (Numbers::default(), Resumable::default());
        let (one, other) = (numbers.begin(), numbers.begin());
        streams.park(one + 3, "one");
        assert_eq!(streams.take_up(other + 3).await, None);
        assert_eq!(streams.take_up(one + 1).await, Some("one"));
        assert_eq!(streams.take_up(one + 1).await, None);
    }

    #[tokio::test]
    async fn a_reader_that_is_back_before_it_was_missed_takes_its_stream_away_from_where_it_was() {
        let (numbers, streams) = (Numbers::default(), std::sync::Arc::new(Resumable::default()));
        let number = numbers.begin() + 1;
        let served = streams.serve(number);
        let before = tokio::spawn({
            let streams = std::sync::Arc::clone(&streams);
            async move {
                served.taken().await;
                streams.park(number, "as it was");
            }
        });
        assert_eq!(streams.take_up(number).await, Some("as it was"));
        before.await.unwrap();
    }

    #[tokio::test]
    async fn of_many_that_wait_the_oldest_is_forgotten() {
        let (numbers, streams) = (Numbers::default(), Resumable::default());
        let all: Vec<u64> = (0..=WAITING).map(|_| numbers.begin()).collect();
        for number in &all {
            streams.park(*number, *number);
        }
        assert_eq!(streams.take_up(all[0]).await, None);
        assert_eq!(streams.take_up(all[1]).await, Some(all[1]));
    }
}
