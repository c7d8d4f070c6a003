//! Which connection a watch goes over: API servers admit only so many streams on one, and what is above waits unheard.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::Failure;

/// API servers admit 100 streams on a connection unless told otherwise; what ended counts a moment longer there.
const USUAL_ROOM: usize = 80;
/// No server admits fewer; one that is merely slow must not be taken for one that does.
const LEAST_ROOM: usize = 8;

/// Connections for watches, as many as it takes. `C` is a client with a connection of its own.
pub(crate) struct Slots<C> {
    lines: Mutex<Vec<Arc<Line<C>>>>,
    /// Slots on one connection. Servers that admit fewer say so in their HTTP/2 settings, which hyper obeys by
    /// holding requests back and does not show: it is learned from requests that get no answer beside others that did.
    room: AtomicUsize,
}

struct Line<C> {
    client: C,
    taken: AtomicUsize,
    answered: AtomicUsize,
}

/// A watch's slot on a connection; dropping it gives it back.
pub(crate) struct Slot<C> {
    line: Arc<Line<C>>,
    is_answered: bool,
}

impl<C> Default for Slots<C> {
    fn default() -> Self {
        Self { lines: Mutex::default(), room: AtomicUsize::new(USUAL_ROOM) }
    }
}

impl<C> Slots<C> {
    /// A slot on a connection that has room; `connect` makes one where none has.
    pub(crate) fn slot(&self, connect: impl FnOnce() -> Result<C, Failure>) -> Result<Slot<C>, Failure> {
        let room = self.room.load(Ordering::Relaxed);
        // Places are taken under the lock alone, so that two never take the last one.
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = match lines.iter().find(|line| line.taken.load(Ordering::Relaxed) < room) {
            Some(line) => line.clone(),
            None => {
                let line = Line { client: connect()?, taken: AtomicUsize::new(0), answered: AtomicUsize::new(0) };
                lines.push(Arc::new(line));
                lines.last().cloned().ok_or_else(|| Failure::Network("no connection for a watch".to_owned()))?
            }
        };
        line.taken.fetch_add(1, Ordering::Relaxed);
        Ok(Slot { line, is_answered: false })
    }
}

impl<C> Slots<C> {
    /// A request at `slot` gets no answer while others on its connection did: no more than those fit on one.
    pub(crate) fn is_full(&self, slot: &Slot<C>) {
        let answered = slot.line.answered.load(Ordering::Relaxed);
        self.room.fetch_min(answered.max(LEAST_ROOM), Ordering::Relaxed);
    }
}

impl<C> Slot<C> {
    pub(crate) fn client(&self) -> &C {
        &self.line.client
    }

    /// Whether others were answered on the same connection, so that a request without answer waits for a stream.
    pub(crate) fn has_answered_neighbours(&self) -> bool {
        self.line.answered.load(Ordering::Relaxed) > 0
    }

    /// The server admitted the stream.
    pub(crate) fn answered(&mut self) {
        if !std::mem::replace(&mut self.is_answered, true) {
            self.line.answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl<C> Drop for Slot<C> {
    fn drop(&mut self) {
        self.line.taken.fetch_sub(1, Ordering::Relaxed);
        if self.is_answered {
            self.line.answered.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn take(streams: &Slots<usize>, made: &mut usize) -> Slot<usize> {
        streams
            .slot(|| {
                *made += 1;
                Ok(*made)
            })
            .unwrap()
    }

    #[test]
    fn more_watches_than_a_connection_admits_get_connections_of_their_own() {
        let (streams, mut made) = (Slots::default(), 0);
        let mut places: Vec<_> = (0..200).map(|_| take(&streams, &mut made)).collect();
        let on = |places: &[Slot<usize>], line| places.iter().filter(|slot| *slot.client() == line).count();
        assert_eq!([1, 2, 3].map(|line| on(&places, line)), [80, 80, 40]);
        // What ended leaves room for what begins, however many began before.
        places.drain(..70);
        places.extend((0..70).map(|_| take(&streams, &mut made)));
        assert_eq!(([1, 2, 3].map(|line| on(&places, line)), made), ([80, 80, 40], 3));
    }

    #[test]
    fn a_server_that_admits_fewer_streams_is_believed() {
        let (streams, mut made) = (Slots::default(), 0);
        let mut places: Vec<_> = (0..30).map(|_| take(&streams, &mut made)).collect();
        assert!(!places[0].has_answered_neighbours());
        places.iter_mut().take(20).for_each(Slot::answered);
        let waiting = places.pop().unwrap();
        assert!(waiting.has_answered_neighbours());
        streams.is_full(&waiting);
        drop(waiting);
        assert_eq!(*take(&streams, &mut made).client(), 2, "the first has its twenty");
        places.drain(..15);
        assert_eq!(*take(&streams, &mut made).client(), 1, "five and nine are left on it");
    }
}
