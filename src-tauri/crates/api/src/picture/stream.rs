//! One subscription to the living map: draws what changed, when the reader is ready for it, and never more often than
//! a screen can show.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use diagram::picture::{self, State as Drawn};
use session::{Mailbox, NodeUse, Update};
use tokio::time::{Instant, sleep};
use topology::GraphDelta;

use super::options::options;
use super::shown::Shown;
use super::wire::Sent;
use crate::Application;
use crate::open::Open;
use crate::status;
use crate::streams::{Binary, Duplex, Kept};
use crate::types::{ApiError, PictureRequest, View};

/// Two frames of a screen: more often is not seen.
const PACE: Duration = Duration::from_millis(33);
/// Longer than this no change waits to be drawn.
const LONGEST: Duration = Duration::from_millis(500);
/// A megabyte a minute, as bytes a second: what changes steadily is drawn less often the more of it there is, and what
/// changes twice in between is sent once.
const STEADY: usize = 1_000_000 / 60;
/// Drawing steadily takes one part in so many of a core: a large map is drawn less often.
const SHARE: u32 = 30;
/// More would glow everywhere and say nothing.
const GLOWING: usize = 500;

/// What is shown to one reader, in the view that it asked for last.
pub(crate) struct Subscription {
    view: View,
    mailbox: Arc<Mailbox>,
    work: Work,
    kept: Kept,
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
    shown: Arc<Shown>,
}

impl Work {
    /// Nothing drawn yet of a new picture; its first message has the number after `number`.
    fn new(cluster: &Open, number: u64, earlier: Option<Drawn>) -> Self {
        let (picture, shown) = cluster.shown.enter();
        Self { sent: Sent::nothing(picture, number), shown, earlier, ..Self::default() }
    }
}

impl Subscription {
    /// None where the cluster is closed.
    async fn begin(cluster: &Open, view: View, number: u64) -> Option<Self> {
        let mailbox = cluster.session().subscribe().await?;
        Some(Self { view, mailbox, work: Work::new(cluster, number, None), kept: Kept::default() })
    }

    fn number(&self) -> u64 {
        self.work.sent.number
    }

    /// Begins another picture, in which keeps its place what the last one shows too. None where the cluster is closed.
    async fn turn_to(&mut self, cluster: &Open, view: View) -> Option<()> {
        self.mailbox = cluster.session().subscribe().await?;
        let earlier = self.work.drawn.take().or(self.work.earlier.take());
        self.work = Work::new(cluster, self.number(), earlier);
        self.view = view;
        Some(())
    }

    /// What its reader has missed after this message of this view; none where that is not kept.
    fn missed_since(&self, number: u64, view: &View) -> Option<Vec<Vec<u8>>> {
        if self.view != *view {
            return None;
        }
        self.kept.after(number, self.number())
    }
}

/// The stream `picture`; it ends when its reader goes away or the cluster closes.
pub(crate) fn picture(
    application: &Application,
    request: PictureRequest,
    stream: Duplex<View, Binary>,
) -> Result<impl Future<Output = ()> + Send + use<>, ApiError> {
    let PictureRequest { cluster, view, resume } = request;
    let cluster = application.cluster(&cluster)?;
    let number = application.shared.numbers.begin();
    Ok(async move {
        match subscribe(&cluster, view, resume, number).await {
            Some((subscription, missed)) => run(cluster, subscription, missed, stream).await,
            None => stream.items.fail(is_closed()).await,
        }
    })
}

/// A new subscription, or the one that sent the number `resume`, with what its reader has missed.
async fn subscribe(
    cluster: &Open,
    view: View,
    resume: Option<u64>,
    number: u64,
) -> Option<(Subscription, Vec<Vec<u8>>)> {
    let found = match resume {
        Some(last) => cluster.pictures.take_up(last).await.map(|found| (last, found)),
        None => None,
    };
    let Some((last, mut subscription)) = found else {
        return Some((Subscription::begin(cluster, view, number).await?, Vec::new()));
    };
    if let Some(missed) = subscription.missed_since(last, &view) {
        return Some((subscription, missed));
    }
    subscription.turn_to(cluster, view).await?;
    Some((subscription, Vec::new()))
}

fn is_closed() -> ApiError {
    ApiError::not_found("this cluster was closed")
}

/// What a subscription goes on with.
enum Next<P> {
    /// Its reader has room for what changed.
    Draw(P),
    /// Its reader wants to see something else.
    Turn(View),
    /// Its reader is gone, or back on another connection.
    Park,
    /// The cluster was closed.
    End,
}

async fn run(cluster: Arc<Open>, mut subscription: Subscription, missed: Vec<Vec<u8>>, stream: Duplex<View, Binary>) {
    let Duplex { mut messages, items } = stream;
    let served = cluster.pictures.serve(subscription.number());
    // The task must not keep a closed cluster alive while it waits.
    let stop = cluster.session().closed();
    let cluster = {
        let weak = Arc::downgrade(&cluster);
        drop(cluster);
        weak
    };
    let mut missed = missed.into_iter();
    let mut pause = Box::pin(sleep(Duration::ZERO));
    loop {
        let filled = async {
            if missed.as_slice().is_empty() {
                pause.as_mut().await;
                subscription.mailbox.filled().await;
            }
            items.place().await.map_or(Next::Park, Next::Draw)
        };
        let going_on = tokio::select! {
            going_on = filled => going_on,
            Some(view) = messages.recv() => Next::Turn(view),
            () = items.closed() => Next::Park,
            () = served.taken() => Next::Park,
            () = stop.cancelled() => Next::End,
        };
        let place = match going_on {
            Next::Draw(place) => place,
            Next::Turn(mut view) => {
                while let Ok(later) = messages.try_recv() {
                    view = later;
                }
                if view == subscription.view {
                    continue;
                }
                let Some(open) = cluster.upgrade() else { return items.fail(is_closed()).await };
                // What was missed of the view before is not wanted any more.
                missed = Vec::new().into_iter();
                if subscription.turn_to(&open, view).await.is_none() {
                    return items.fail(is_closed()).await;
                }
                pause = Box::pin(sleep(Duration::ZERO));
                continue;
            }
            Next::Park => break,
            Next::End => return items.fail(is_closed()).await,
        };
        if let Some(message) = missed.next() {
            place.send(Binary(message));
            continue;
        }
        let Some(open) = cluster.upgrade() else { return items.fail(is_closed()).await };
        // Nothing is there where what woke it was taken before: it waits on.
        let Some(update) = subscription.mailbox.take() else { continue };
        let Subscription { view, mailbox, work, kept } = subscription;
        let begun = Instant::now();
        let drawing = tokio::task::spawn_blocking(move || {
            let mut work = work;
            let message = draw(&open, &view, update, &mut work);
            (view, work, message)
        });
        let Ok((view, work, message)) = drawing.await else {
            return place.fail(ApiError::failed("drawing the map failed; open it again"));
        };
        subscription = Subscription { view, mailbox, work, kept };
        pause = Box::pin(sleep(pause_after(message.as_ref().map_or(0, Vec::len), begun.elapsed())));
        if let Some(message) = message {
            subscription.kept.keep(&message);
            place.send(Binary(message));
        }
    }
    if let Some(open) = cluster.upgrade() {
        open.pictures.park(subscription.number(), subscription);
    }
}

/// How long the next message waits for more to go with it, after one of so many bytes that took so long to draw.
fn pause_after(bytes: usize, drawing: Duration) -> Duration {
    let millis = u64::try_from(bytes.saturating_mul(1000) / STEADY).unwrap_or(u64::MAX);
    Duration::from_millis(millis).max(drawing * (SHARE - 1)).clamp(PACE, LONGEST)
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
    let message = work.sent.next(&open.label().cluster, &picture.scene, glowing, first.then_some(view));
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
    fn large_messages_and_large_maps_come_less_often_but_never_seldom() {
        let (quick, slow) = (Duration::from_millis(1), Duration::from_millis(10));
        assert_eq!(pause_after(300, quick), PACE);
        assert_eq!(pause_after(STEADY / 10, quick), Duration::from_millis(99));
        assert_eq!(pause_after(300, slow), Duration::from_millis(290));
        assert_eq!(pause_after(3 << 20, slow), LONGEST);
        assert_eq!(pause_after(300, Duration::from_secs(2)), LONGEST);
    }
}
