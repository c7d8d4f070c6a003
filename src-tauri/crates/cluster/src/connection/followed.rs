//! A kind that is followed: where it is looked for, and how that goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{GroupKind, ResourceKind, Scope};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::outbox::Writer;

/// A right that the server tells of and does not honour is believed so many times.
const MOST_PROMPTS: u8 = 3;

/// A kind that is followed, in one scope or several.
pub(super) struct Followed {
    pub(super) kind: ResourceKind,
    pub(super) writer: Writer,
    pub(super) scopes: BTreeMap<Scope, Place>,
    /// The account may not list it across all namespaces.
    pub(super) forbidden: bool,
    /// Since when discovery does not name it.
    pub(super) missed: Option<Instant>,
}

/// How it goes in one scope.
pub(super) enum Place {
    /// Its informer waits for its turn.
    Waiting,
    Running(Running),
    /// The account may not, so there is no informer.
    Refused,
}

/// An informer at work.
pub(super) struct Running {
    task: AbortHandle,
    rights_changed: Arc<Notify>,
    /// It was answered once.
    pub(super) answered: bool,
    /// It was refused, and waits for the right.
    pub(super) refused: bool,
    prompts: u8,
}

impl Running {
    pub(super) fn new(task: AbortHandle, rights_changed: Arc<Notify>) -> Self {
        Self { task, rights_changed, answered: false, refused: false, prompts: 0 }
    }

    /// Has the informer ask whether what it last heard of its right still holds; a few times at most, until that changes.
    pub(super) fn prompt(&mut self) {
        if self.prompts < MOST_PROMPTS {
            self.prompts += 1;
            self.rights_changed.notify_one();
        }
    }

    /// Has the informer ask, however often it did.
    pub(super) fn ask(&self) {
        self.rights_changed.notify_one();
    }

    /// The server answered, or refused.
    pub(super) fn heard(&mut self, refused: bool) {
        if std::mem::replace(&mut self.refused, refused) != refused {
            self.prompts = 0;
        }
        self.answered |= !refused;
    }
}

impl Followed {
    pub(super) fn new(kind: ResourceKind, writer: Writer) -> Self {
        Self { kind, writer, scopes: BTreeMap::new(), forbidden: false, missed: None }
    }

    /// Whether a namespace's name leads to objects of the kind: those in it, or the Namespace itself.
    pub(super) fn lives_in_namespaces(&self) -> bool {
        self.kind.namespaced || self.kind.group_kind == GroupKind::new("", "Namespace")
    }

    /// The informer of a scope, where one is at work.
    pub(super) fn running(&mut self, scope: &Scope) -> Option<&mut Running> {
        match self.scopes.get_mut(scope) {
            Some(Place::Running(running)) => Some(running),
            _ => None,
        }
    }

    /// Ends the informers of single namespaces, where one of everything replaces them; answers the scopes.
    pub(super) fn leave_namespaces(&mut self) -> Vec<Scope> {
        let scopes = std::mem::take(&mut self.scopes);
        let (all, single): (BTreeMap<_, _>, BTreeMap<_, _>) =
            scopes.into_iter().partition(|(scope, _)| *scope == Scope::Cluster);
        self.scopes = all;
        single.values().for_each(Place::abort);
        single.into_keys().collect()
    }

    pub(super) fn abort(&self) {
        self.scopes.values().for_each(Place::abort);
    }
}

impl Place {
    fn abort(&self) {
        if let Self::Running(running) = self {
            running.task.abort();
        }
    }
}
