//! What the pictures of an open cluster show at this moment: what a question about one of them is answered from.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use diagram::scene::Scene;
use session::Published;

use crate::open::Open;
use crate::types::{ApiError, ErrorCode};

/// Objects, relations and scene of one revision.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) now: Published,
    /// None where the question is about the cluster, and about no picture of it.
    pub(crate) scene: Option<Arc<Scene>>,
}

/// The last that one subscription drew; nothing before its first picture.
#[derive(Default)]
pub(crate) struct Shown(Mutex<Option<Subject>>);

impl Shown {
    pub(super) fn show(&self, now: Published, scene: Scene) {
        let subject = Subject { now, scene: Some(Arc::new(scene)) };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(subject);
    }

    fn subject(&self) -> Option<Subject> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The subscriptions of a cluster by id, with a reader or waiting for theirs to come back.
#[derive(Default)]
pub(crate) struct AllShown(Mutex<BTreeMap<u32, Weak<Shown>>>);

impl AllShown {
    /// Enters a subscription, for as long as the answer is held.
    pub(super) fn enter(&self, id: u32) -> Arc<Shown> {
        let shown = Arc::<Shown>::default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, each| each.strong_count() > 0);
        all.insert(id, Arc::downgrade(&shown));
        shown
    }

    fn subject(&self, id: u32) -> Option<Subject> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id)?.upgrade()?;
        shown.subject()
    }
}

impl Open {
    /// What a question is answered from: the picture that it names, as it was drawn last; without one, the cluster as it
    /// is.
    pub(crate) fn subject(&self, picture: Option<u32>) -> Result<Subject, ApiError> {
        let Some(id) = picture else { return Ok(Subject { now: self.now(), scene: None }) };
        let gone = || ApiError::new(ErrorCode::Gone, "this picture was replaced; ask about the one that is shown");
        self.shown.subject(id).ok_or_else(gone)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_picture_can_be_asked_about_from_its_first_scene_on_until_its_subscription_ends() {
        let snapshot = inventory::Inventory::new(model::ClusterId("c".into())).snapshot();
        let graph = Arc::new(topology::Graph::empty(Arc::default()));
        let now = Published { snapshot, graph, source: Arc::default(), node_use: Arc::default() };
        let all = AllShown::default();
        let (one, other) = (all.enter(1), all.enter(2));
        assert!(all.subject(1).is_none());
        for (shown, revision) in [(&one, 7), (&other, 8)] {
            shown.show(now.clone(), Scene { revision, ..Scene::default() });
        }
        let revision = |id| all.subject(id).and_then(|subject| subject.scene).map(|scene| scene.revision);
        assert_eq!((revision(1), revision(2), revision(3)), (Some(7), Some(8), None));
        drop(one);
        assert_eq!((revision(1), revision(2)), (None, Some(8)));
    }
}
