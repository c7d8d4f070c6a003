//! One subscription to the living map: draws what changed, when the reader is ready for it, and never more often than
//! a screen can show.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diagram::picture::{self, State as Drawn};
use tokio::sync::mpsc;
use topology::GraphDelta;

use super::mailbox::{Mailbox, Update};
use super::owner::Message;
use super::usage::NodeUse;
use super::wire::Sent;
use super::{Open, scene};
use crate::streams::Item;
use crate::types::{ApiError, View};

/// Two frames of a screen: more often is not seen.
const PACE: Duration = Duration::from_millis(33);
/// More would glow everywhere and say nothing.
const GLOWING: usize = 500;
/// Numbers of one subscription: enough for 16 days of frames, so that a number names its subscription as well.
const NUMBERS: u64 = 1 << 24;

/// A subscription without a reader, as it can be taken up again.
pub(super) struct Parked {
    view: View,
    mailbox: Arc<Mailbox>,
    work: Work,
}

/// What the next message is made from.
#[derive(Default)]
struct Work {
    drawn: Option<Drawn>,
    node_use: Arc<NodeUse>,
    sent: Sent,
}

/// Gives each subscription its range of numbers.
#[derive(Default)]
pub(crate) struct Numbers(AtomicU64);

impl Numbers {
    fn next(&self) -> u64 {
        self.0.fetch_add(NUMBERS, Ordering::Relaxed)
    }
}

/// Opens the stream; it ends when the receiver is dropped or the cluster closes.
pub(crate) fn open(
    cluster: Arc<Open>,
    view: View,
    resume: Option<u64>,
    numbers: &Numbers,
) -> mpsc::Receiver<Result<Item, ApiError>> {
    let found =
        resume.and_then(|number| cluster.unpark(|parked| parked.view == view && parked.work.sent.number == number));
    let resumed = found.is_some();
    let parked = found.unwrap_or_else(|| Parked {
        view,
        mailbox: Arc::default(),
        work: Work { sent: Sent::nothing(numbers.next()), ..Work::default() },
    });
    let (sender, receiver) = mpsc::channel(1);
    // Ends with the receiver or with the cluster.
    tokio::spawn(async move {
        if !resumed {
            let asked = cluster.inbox.send(Message::Read(Arc::clone(&parked.mailbox))).await;
            if asked.is_err() {
                return;
            }
        }
        run(cluster, parked, sender).await;
    });
    receiver
}

async fn run(cluster: Arc<Open>, parked: Parked, sender: mpsc::Sender<Result<Item, ApiError>>) {
    let Parked { view, mailbox, mut work } = parked;
    // The task must not keep a closed cluster alive while it waits.
    let stop = cluster.stop.clone();
    let cluster = {
        let weak = Arc::downgrade(&cluster);
        drop(cluster);
        weak
    };
    loop {
        let permit = tokio::select! {
            permit = async { mailbox.filled().await; sender.reserve().await } => permit,
            () = sender.closed() => break,
            () = stop.cancelled() => {
                let gone = ApiError::not_found("this cluster was closed");
                // A reader that is gone needs no farewell.
                let _ = sender.try_send(Err(gone));
                return;
            }
        };
        let (Ok(permit), Some(update), Some(open)) = (permit, mailbox.take(), cluster.upgrade()) else { break };
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
        if let Some(message) = message {
            permit.send(Ok(Item::Binary(message)));
        }
        tokio::select! {
            () = tokio::time::sleep(PACE) => {}
            () = sender.closed() => break,
        }
    }
    if let Some(open) = cluster.upgrade() {
        open.park(Parked { view, mailbox, work });
    }
}

fn draw(open: &Open, view: &View, update: Update, work: &mut Work) -> Option<Vec<u8>> {
    let Update { published, mut delta } = update;
    let glowing = if work.drawn.is_none() || delta.rebuilt { Vec::new() } else { glowing(&delta) };
    // A meter that moves is drawn, and does not glow.
    delta.changed.extend(published.node_use.changed(&work.node_use));
    work.node_use = Arc::clone(&published.node_use);
    let options = scene::options(&open.label.name, view, &published);
    let first = work.drawn.is_none();
    let picture = match work.drawn.take() {
        Some(drawn) if !delta.rebuilt => picture::rebuild(&published.graph, &options, &drawn, &delta),
        _ => picture::build(&published.graph, &options),
    };
    work.drawn = Some(picture.state);
    let message = work.sent.next(&open.label.cluster, &picture.scene, glowing, first);
    open.scene.send_replace(Some(Arc::new(picture.scene)));
    message
}

fn glowing(delta: &GraphDelta) -> Vec<String> {
    let keys = delta.changed.iter().chain(&delta.added);
    keys.take(GLOWING).map(ToString::to_string).collect()
}
