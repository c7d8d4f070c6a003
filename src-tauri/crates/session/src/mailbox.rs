//! The latest state for one reader: what a slow reader missed is merged, so that it costs memory by the number of
//! objects and of edges that changed meanwhile, never by the number of events.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use topology::GraphDelta;

use crate::Published;

/// One reader's slot; the owner writes, the reader takes.
#[derive(Default)]
pub struct Mailbox {
    slot: Mutex<Option<Update>>,
    bell: Notify,
}

/// What changed since the reader last looked.
pub struct Update {
    /// The state after the last change.
    pub published: Published,
    /// What the graph did since.
    pub delta: GraphDelta,
}

impl Mailbox {
    /// Puts a change in, on top of what was not taken yet.
    pub fn put(&self, published: Published, delta: &GraphDelta) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let delta = match slot.take() {
            Some(waiting) => merged(waiting.delta, delta, &published),
            None => delta.clone(),
        };
        *slot = Some(Update { published, delta });
        drop(slot);
        self.bell.notify_one();
    }

    /// Waits for a change; does not take it.
    pub async fn filled(&self) {
        loop {
            let bell = self.bell.notified();
            if self.slot.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                return;
            }
            bell.await;
        }
    }

    /// Takes what is there.
    pub fn take(&self) -> Option<Update> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// One delta for both: a key that went and is there again, or came and is gone, is told by how it stands at the end.
fn merged(first: GraphDelta, second: &GraphDelta, published: &Published) -> GraphDelta {
    let union = |one: &[model::ResourceKey], other: &[model::ResourceKey]| -> BTreeSet<model::ResourceKey> {
        one.iter().chain(other).cloned().collect()
    };
    let is_there = |key: &model::ResourceKey| published.graph.id(key).is_some();
    let added = union(&first.added, &second.added);
    let removed = union(&first.removed, &second.removed);
    let changed = union(&first.changed, &second.changed);
    // Removed and there again: changed, as in one step of the engine.
    let returned = removed.iter().filter(|key| is_there(key)).cloned();
    let changed: BTreeSet<_> = changed.into_iter().chain(returned).filter(is_there).collect();
    let mut edges = first.edges;
    edges.extend(second.edges.iter().cloned());
    edges.sort_unstable();
    edges.dedup();
    GraphDelta {
        revision: second.revision,
        rebuilt: first.rebuilt || second.rebuilt,
        added: added.into_iter().filter(|key| is_there(key) && !removed.contains(key)).collect(),
        changed: changed.into_iter().collect(),
        removed: removed.into_iter().filter(|key| !is_there(key)).collect(),
        edges,
    }
}
