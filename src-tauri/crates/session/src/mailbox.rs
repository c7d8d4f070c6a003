//! The latest state for one picture: what its reader missed is merged, so that it costs memory by the number of objects
//! and of edges, and time by what changes, never by what waits already.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use model::ResourceKey;
use tokio::sync::Notify;
use topology::{EdgeTouch, Graph, GraphDelta};

use crate::Published;

/// Edges of objects that came and went unread are dropped when there are this many more of them than were kept last.
const SUPERFLUOUS: usize = 1024;

/// One reader's slot; the owner writes, the reader takes.
#[derive(Default)]
pub struct Mailbox {
    slot: Mutex<Option<Waiting>>,
    wake: Notify,
}

/// What changed since the reader last looked.
pub struct Update {
    /// The state after the last change.
    pub published: Published,
    /// What the graph did since: a node that came and went in between is not told, nor are its edges.
    pub delta: GraphDelta,
}

/// What was not taken yet.
struct Waiting {
    published: Published,
    rebuilt: bool,
    revision: u64,
    added: BTreeSet<ResourceKey>,
    changed: BTreeSet<ResourceKey>,
    removed: BTreeSet<ResourceKey>,
    edges: BTreeSet<EdgeTouch>,
    /// How many edges were kept when they were last looked through.
    kept: usize,
}

impl Mailbox {
    /// Puts a change in, on top of what was not taken yet.
    pub fn put(&self, published: Published, delta: &GraphDelta) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *slot {
            Some(waiting) => waiting.published = published,
            empty => *empty = Some(Waiting::new(published)),
        }
        if let Some(waiting) = &mut *slot {
            waiting.add(delta);
        }
        drop(slot);
        self.wake.notify_one();
    }

    /// Waits for a change; does not take it.
    pub async fn filled(&self) {
        loop {
            let wake = self.wake.notified();
            if self.slot.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                return;
            }
            wake.await;
        }
    }

    /// Takes what is there.
    pub fn take(&self) -> Option<Update> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).take().map(Waiting::told)
    }
}

impl Waiting {
    fn new(published: Published) -> Self {
        Self {
            published,
            rebuilt: false,
            revision: 0,
            added: BTreeSet::new(),
            changed: BTreeSet::new(),
            removed: BTreeSet::new(),
            edges: BTreeSet::new(),
            kept: 0,
        }
    }

    fn add(&mut self, delta: &GraphDelta) {
        self.rebuilt |= delta.rebuilt;
        self.revision = self.revision.max(delta.revision);
        for key in &delta.removed {
            self.changed.remove(key);
            if !self.added.remove(key) {
                self.removed.insert(key.clone());
            }
        }
        for key in &delta.added {
            // Removed and there again: changed, as in one step of the engine.
            let place = if self.removed.remove(key) { &mut self.changed } else { &mut self.added };
            place.insert(key.clone());
        }
        self.changed.extend(delta.changed.iter().filter(|key| !self.added.contains(*key)).cloned());
        self.edges.extend(delta.edges.iter().cloned());
        if self.edges.len() > 2 * self.kept + SUPERFLUOUS {
            self.drop_superfluous();
            self.kept = self.edges.len();
        }
    }

    /// Forgets edges of what came and went: neither there now nor when the reader last looked.
    fn drop_superfluous(&mut self) {
        let (graph, removed): (&Graph, _) = (&self.published.graph, &self.removed);
        let is_known = |key: &ResourceKey| graph.id(key).is_some() || removed.contains(key);
        self.edges.retain(|edge| is_known(&edge.from) && is_known(&edge.to));
    }

    fn told(mut self) -> Update {
        self.drop_superfluous();
        let delta = GraphDelta {
            revision: self.revision,
            rebuilt: self.rebuilt,
            added: self.added.into_iter().collect(),
            changed: self.changed.into_iter().collect(),
            removed: self.removed.into_iter().collect(),
            edges: self.edges.into_iter().collect(),
        };
        Update { published: self.published, delta }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use model::{ClusterId, Delta, Object};
    use serde_json::json;
    use topology::RuleBook;

    use super::*;
    use crate::State;
    use crate::owner::Model;

    fn pod(name: &str, config: &str) -> Object {
        Object::from_json(json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop", "uid": name},
            "spec": {"volumes": [{"name": "v", "configMap": {"name": config}}]},
        }))
        .unwrap()
    }

    fn names(keys: &[ResourceKey]) -> Vec<&str> {
        keys.iter().filter(|key| key.kind() == "Pod").map(ResourceKey::name).collect()
    }

    /// What was seen: a window in the background kept every Pod of every CronJob that had ever run, and each event cost as
    /// much as all of them.
    #[test]
    fn what_came_and_went_unread_is_not_kept() {
        let mut state = State::new(ClusterId("c".into()), Arc::new(RuleBook::default()), 0);
        let mailbox = Mailbox::default();
        let mut put = |deltas: Vec<Delta>| {
            let step = state.apply(deltas);
            let (snapshot, graph) = (state.snapshot(), state.graph());
            let published = Published { snapshot, graph, source: Arc::default(), node_use: Arc::default() };
            mailbox.put(published, &step.delta);
        };
        put(vec![Delta::Upsert(pod("stays", "a")), Delta::Upsert(pod("goes", "a")), Delta::Upsert(pod("back", "a"))]);
        mailbox.take().unwrap();
        for at in 0..2000 {
            let name = format!("job-{at}");
            put(vec![Delta::Upsert(pod(&name, "a"))]);
            put(vec![Delta::Delete(pod(&name, "a").key)]);
        }
        put(vec![Delta::Delete(pod("goes", "a").key), Delta::Delete(pod("back", "a").key)]);
        put(vec![Delta::Upsert(pod("back", "b")), Delta::Upsert(pod("comes", "a"))]);
        assert!(mailbox.slot.lock().unwrap().as_ref().unwrap().edges.len() < 2 * SUPERFLUOUS);

        let Update { delta, published } = mailbox.take().unwrap();
        assert_eq!((names(&delta.added), names(&delta.removed)), (vec!["comes"], vec!["goes"]));
        assert!(names(&delta.changed).contains(&"back"));
        assert_eq!(delta.revision, published.graph.revision());
        let jobs = delta.edges.iter().filter(|edge| edge.from.name().starts_with("job"));
        assert_eq!(jobs.count(), 0);
        assert!(delta.edges.iter().any(|edge| edge.from.name() == "goes"), "an edge that the reader knew is gone");
        assert!(mailbox.take().is_none());
    }
}
