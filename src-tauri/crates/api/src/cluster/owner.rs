//! The one task that owns the inventory and the graph of an open cluster.
//!
//! It is reached by the closed set of [`Message`]s and publishes immutable states. Work that may take long runs on the
//! blocking pool, with the state moved there and back, so that it never holds up the tasks of other clusters.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use cluster::{Failure, Usage};
use inventory::{Applied, Inventory};
use model::{Delta, ResourceKey};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;
use topology::{Engine, GraphDelta};

use super::mailbox::Mailbox;
use super::{Published, SourceState, status};
use crate::types::Notice;

/// The status line changes about this often, however much happens.
const STATUS_INTERVAL: Duration = Duration::from_secs(1);

/// Everything that can be said to an owner.
pub(crate) enum Message {
    /// The source saw changes.
    Deltas(Vec<Delta>),
    /// The source says how it stands.
    Source(SourceState),
    /// The metrics API answered, or why not.
    NodeUse(Result<BTreeMap<ResourceKey, Usage>, Failure>),
    /// A reader wants every further state; the present one is put in at once.
    Read(Arc<Mailbox>),
}

/// What the owner owns.
pub(crate) struct State {
    pub(crate) inventory: Inventory,
    pub(crate) engine: Engine,
}

impl State {
    /// Applies deltas to inventory and graph.
    pub(crate) fn apply(&mut self, deltas: Vec<Delta>) -> (Applied, GraphDelta) {
        let applied = self.inventory.apply(deltas);
        let snapshot = self.inventory.snapshot();
        let delta = self.engine.apply(&applied.changes, snapshot.coverage());
        (applied, delta)
    }
}

/// Runs until every sender of messages is gone.
pub(crate) async fn own(
    cluster: String,
    mut state: State,
    mut inbox: mpsc::Receiver<Message>,
    published: watch::Sender<Published>,
    notices: broadcast::Sender<Notice>,
) {
    let mut readers: Vec<Weak<Mailbox>> = Vec::new();
    let mut told = Instant::now();
    let mut untold = false;
    loop {
        let message = tokio::select! {
            message = inbox.recv() => match message {
                Some(message) => message,
                None => return,
            },
            () = tokio::time::sleep_until(told + STATUS_INTERVAL), if untold => {
                untold = false;
                told = Instant::now();
                // Nobody listening is no fault.
                let _ = notices.send(Notice::Status(status::status(&cluster, &published.borrow())));
                continue;
            }
        };
        let (next, delta) = match message {
            Message::Deltas(deltas) => {
                let work = tokio::task::spawn_blocking(move || {
                    let (_, delta) = state.apply(deltas);
                    (state, delta)
                });
                let Ok((back, delta)) = work.await else {
                    tracing::error!(cluster, "the state of a cluster was lost; close and open it again");
                    return;
                };
                state = back;
                let (snapshot, graph) = (state.inventory.snapshot(), state.engine.graph());
                let mut next = Published { snapshot, graph, ..published.borrow().clone() };
                if next.node_use.is_waiting() {
                    next.node_use = Arc::new(next.node_use.on(&next.snapshot));
                }
                (next, delta)
            }
            Message::Source(source) => {
                // Nothing of it is drawn: pictures need not hear of it.
                published.send_modify(|now| now.source = Arc::new(source));
                untold = true;
                continue;
            }
            Message::NodeUse(answer) => {
                let mut next = published.borrow().clone();
                next.node_use = Arc::new(next.node_use.after(answer, &next.snapshot));
                (next, GraphDelta::default())
            }
            Message::Read(mailbox) => {
                mailbox.put(published.borrow().clone(), &GraphDelta::default());
                readers.push(Arc::downgrade(&mailbox));
                continue;
            }
        };
        readers.retain(|reader| match reader.upgrade() {
            Some(mailbox) => {
                mailbox.put(next.clone(), &delta);
                true
            }
            None => false,
        });
        published.send_replace(next);
        untold = true;
    }
}
