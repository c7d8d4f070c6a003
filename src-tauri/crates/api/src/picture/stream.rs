//! One subscription to the living map: draws what changed, when the reader is ready for it, and never more often than
//! a screen can show.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use diagram::picture::{self, State as Drawn};
use session::{Mailbox, NodeUse, Update};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use topology::GraphDelta;

use super::kept::Kept;
use super::options::options;
use super::shown::Shown;
use super::wire::Sent;
use crate::open::Open;
use crate::status;
use crate::streams::Item;
use crate::types::{ApiError, View};

/// Two frames of a screen: more often is not seen.
const PACE: Duration = Duration::from_millis(33);
/// Longer than this no change waits to be drawn.
const LONGEST: Duration = Duration::from_millis(250);
/// Two megabytes a minute, as bytes a second: what changes steadily is drawn less often the more of it there is, and
/// what changes twice in between is sent once.
const STEADY: usize = 2_000_000 / 60;
/// More would glow everywhere and say nothing.
const GLOWING: usize = 500;
/// Numbers of one subscription: enough for 16 days of frames, so that a number names its subscription as well.
const NUMBERS: u64 = 1 << 24;
/// Ranges that may be the first.
const RANGES: u64 = 1 << 28;

/// A subscription without a reader, as it can be taken up again.
pub(crate) struct Parked {
    view: View,
    mailbox: Arc<Mailbox>,
    work: Work,
}

/// A subscription with a reader.
pub(crate) struct Running {
    range: u32,
    /// Cancelled when its reader is back on another connection.
    taken: CancellationToken,
    /// Cancelled when it is parked.
    ended: CancellationToken,
}

/// What the next message is made from.
#[derive(Default)]
struct Work {
    drawn: Option<Drawn>,
    /// What the same reader was shown in another view, until the first picture of this one is drawn.
    earlier: Option<Drawn>,
    /// First lists were still coming in when that was drawn.
    loading: bool,
    node_use: Arc<NodeUse>,
    sent: Sent,
    kept: Kept,
    shown: Arc<Shown>,
}

/// Gives each subscription its range of numbers.
pub(crate) struct Numbers(AtomicU64);

impl Default for Numbers {
    /// From some range on: what a page holds that outlived its server names nothing of the next one. The first half of the
    /// numbers that JavaScript can hold begins them, the second leaves room for as many subscriptions again.
    fn default() -> Self {
        let some = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
        Self(AtomicU64::new(some % RANGES * NUMBERS))
    }
}

impl Numbers {
    fn next(&self) -> u64 {
        self.0.fetch_add(NUMBERS, Ordering::Relaxed)
    }

    /// The range that a number is of, which is the id of its subscription. The first of a range is never sent.
    fn range(number: u64) -> u32 {
        u32::try_from(number / NUMBERS).unwrap_or(u32::MAX)
    }
}

/// Opens the stream; it ends when the receiver is dropped or the cluster closes.
pub(crate) fn open(
    cluster: Arc<Open>,
    view: View,
    resume: Option<u64>,
    numbers: &Numbers,
) -> mpsc::Receiver<Result<Item, ApiError>> {
    let first = numbers.next();
    let id = Numbers::range(first);
    let fresh = Work { sent: Sent::nothing(id, first), shown: cluster.shown.enter(id), ..Work::default() };
    let (sender, receiver) = mpsc::channel(1);
    // Ends with the receiver or with the cluster.
    tokio::spawn(async move {
        let found = match resume {
            Some(number) => taken_up(&cluster, number).await.map(|parked| (number, parked)),
            None => None,
        };
        let (parked, missed) = match found {
            Some((number, parked)) if let Some(missed) = parked.missed_since(number, &view) => (parked, missed),
            found => {
                let Some(mailbox) = cluster.session().subscribe().await else { return };
                let earlier = found.and_then(|(_, Parked { work, .. })| work.drawn.or(work.earlier));
                (Parked { view, mailbox, work: Work { earlier, ..fresh } }, Vec::new())
            }
        };
        run(cluster, parked, missed, sender).await;
    });
    receiver
}

/// The subscription that sent this number.
async fn taken_up(cluster: &Open, number: u64) -> Option<Parked> {
    // The reader may be back before the task that served it has noticed that it was gone.
    if let Some(ended) = cluster.take_from_reader(Numbers::range(number)) {
        ended.cancelled().await;
    }
    cluster.unpark(|parked| Numbers::range(parked.work.sent.number) == Numbers::range(number))
}

impl Parked {
    /// What its reader has missed after this message of this view; none where that is not kept.
    fn missed_since(&self, number: u64, view: &View) -> Option<Vec<Vec<u8>>> {
        if self.view != *view {
            return None;
        }
        self.work.kept.after(number, self.work.sent.number)
    }
}

async fn run(cluster: Arc<Open>, parked: Parked, missed: Vec<Vec<u8>>, sender: mpsc::Sender<Result<Item, ApiError>>) {
    let Parked { view, mailbox, mut work } = parked;
    let (taken, _ended) = cluster.serve(Numbers::range(work.sent.number));
    // The task must not keep a closed cluster alive while it waits.
    let stop = cluster.session().closed();
    let cluster = {
        let weak = Arc::downgrade(&cluster);
        drop(cluster);
        weak
    };
    let mut missed = missed.into_iter();
    loop {
        let next = missed.next();
        let filled = async {
            if next.is_none() {
                mailbox.filled().await;
            }
            sender.reserve().await
        };
        let permit = tokio::select! {
            permit = filled => permit,
            () = sender.closed() => break,
            () = taken.cancelled() => break,
            () = stop.cancelled() => {
                let gone = ApiError::not_found("this cluster was closed");
                // A reader that is gone needs no farewell.
                let _ = sender.try_send(Err(gone));
                return;
            }
        };
        let Ok(permit) = permit else { break };
        if let Some(message) = next {
            permit.send(Ok(Item::Binary(message)));
            continue;
        }
        let (Some(update), Some(open)) = (mailbox.take(), cluster.upgrade()) else { break };
        let view_now = view.clone();
        let drawing = tokio::task::spawn_blocking(move || {
            let message = draw(&open, &view_now, update, &mut work);
            (work, message)
        });
        let Ok((back, message)) = drawing.await else {
            permit.send(Err(ApiError::failed("drawing the map failed; open it again")));
            return;
        };
        work = back;
        let pause = pause_after(message.as_ref().map_or(0, Vec::len));
        if let Some(message) = message {
            work.kept.keep(&message);
            permit.send(Ok(Item::Binary(message)));
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = sender.closed() => break,
            () = taken.cancelled() => break,
        }
    }
    if let Some(open) = cluster.upgrade() {
        open.park(Parked { view, mailbox, work });
    }
}

/// How long the next message waits for more to go with it.
fn pause_after(bytes: usize) -> Duration {
    let millis = u64::try_from(bytes.saturating_mul(1000) / STEADY).unwrap_or(u64::MAX);
    Duration::from_millis(millis).clamp(PACE, LONGEST)
}

impl Open {
    /// Enters a subscription that has a reader. Dropping the guard takes it out, after it was parked.
    fn serve(&self, range: u32) -> (CancellationToken, DropGuard) {
        let running = Running { range, taken: CancellationToken::new(), ended: CancellationToken::new() };
        let (taken, ended) = (running.taken.clone(), running.ended.clone());
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|each| !each.ended.is_cancelled());
        all.push(running);
        (taken, ended.drop_guard())
    }

    /// Asks the task that serves this subscription to end; what is answered is cancelled when it has.
    fn take_from_reader(&self, range: u32) -> Option<CancellationToken> {
        let all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let running = all.iter().find(|each| each.range == range)?;
        running.taken.cancel();
        Some(running.ended.clone())
    }

    fn park(&self, parked: Parked) {
        /// Enough for a few windows whose connection broke.
        const PARKED: usize = 4;
        let mut places = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= PARKED {
            places.remove(0);
        }
        places.push(parked);
    }

    fn unpark(&self, is_it: impl Fn(&Parked) -> bool) -> Option<Parked> {
        let mut places = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let at = places.iter().position(is_it)?;
        Some(places.remove(at))
    }
}

fn draw(open: &Open, view: &View, update: Update, work: &mut Work) -> Option<Vec<u8>> {
    let Update { published, mut delta } = update;
    // What grew while lists came in stands where there was room; with the last of them everything finds its place.
    let loading = !published.source.offline && !status::first_lists_are_in(published.snapshot.coverage());
    let settles = std::mem::replace(&mut work.loading, loading) && !loading;
    let anew = work.drawn.is_none() || delta.rebuilt || settles;
    let glowing = if anew || loading { Vec::new() } else { glowing(&delta) };
    // A meter that moves is drawn, and does not glow.
    delta.changed.extend(published.node_use.changed(&work.node_use));
    work.node_use = Arc::clone(&published.node_use);
    let options = options(&open.label().name, view, &published);
    let first = work.drawn.is_none();
    let picture = match (work.drawn.take(), work.earlier.take()) {
        (Some(drawn), _) if !anew => picture::rebuild(&published.graph, &options, &drawn, &delta),
        (None, Some(earlier)) => picture::redraw(&published.graph, &options, &earlier),
        _ => picture::redraw(&published.graph, &options, &Drawn::default()),
    };
    work.drawn = Some(picture.state);
    let message = work.sent.next(&open.label().cluster, &picture.scene, glowing, first);
    work.shown.show(published, picture.scene);
    message
}

fn glowing(delta: &GraphDelta) -> Vec<String> {
    let keys = delta.changed.iter().chain(&delta.added);
    keys.take(GLOWING).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_messages_come_less_often_but_never_seldom() {
        assert_eq!(pause_after(300), PACE);
        assert_eq!(pause_after(STEADY / 10), Duration::from_millis(99));
        assert_eq!(pause_after(3 << 20), LONGEST);
    }
}
