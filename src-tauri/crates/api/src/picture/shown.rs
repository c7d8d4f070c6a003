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

/// The last that was drawn of one picture; nothing before the first time.
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

/// The pictures of a cluster by id, with a reader or waiting for theirs to come back.
pub(crate) struct AllShown(Mutex<Ids>);

struct Ids {
    /// The id of the next picture.
    next: u32,
    shown: BTreeMap<u32, Weak<Shown>>,
}

impl Default for AllShown {
    /// From some id on: what a page holds that outlived its server names no picture of the next one.
    fn default() -> Self {
        Self(Mutex::new(Ids { next: fastrand::u32(..), shown: BTreeMap::new() }))
    }
}

impl AllShown {
    /// Enters a new picture, for as long as what is answered with its id is held.
    pub(super) fn enter(&self) -> (u32, Arc<Shown>) {
        let shown = Arc::<Shown>::default();
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = ids.next;
        ids.next = id.wrapping_add(1);
        ids.shown.retain(|_, each| each.strong_count() > 0);
        ids.shown.insert(id, Arc::downgrade(&shown));
        (id, shown)
    }

    fn subject(&self, id: u32) -> Option<Subject> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner).shown.get(&id)?.upgrade()?;
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
        let ((first, one), (second, other)) = (all.enter(), all.enter());
        assert!(all.subject(first).is_none());
        for (shown, revision) in [(&one, 7), (&other, 8)] {
            shown.show(now.clone(), Scene { revision, ..Scene::default() });
        }
        let revision = |id| all.subject(id).and_then(|subject| subject.scene).map(|scene| scene.revision);
        let another = second.wrapping_add(1);
        assert_eq!((revision(first), revision(second), revision(another)), (Some(7), Some(8), None));
        drop(one);
        assert_eq!((revision(first), revision(second)), (None, Some(8)));
    }
}
