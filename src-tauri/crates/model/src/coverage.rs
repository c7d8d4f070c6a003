//! What is in the picture, and what is missing from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{GroupKind, ResourceKind};

/// Where a list or watch of a kind looks: the whole cluster, or one namespace of a restricted account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// All namespaces, or a cluster-scoped kind.
    Cluster,
    /// One namespace.
    Namespace(Arc<str>),
}

/// How complete and fresh the objects of one kind in one scope are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum KindState {
    /// The first list is under way; so many objects are in.
    Loading {
        /// Objects received so far.
        received: u64,
    },
    /// Listed and watched; for offline sources: read.
    Live,
    /// The watch is down; what is shown was true at `since`.
    Stale {
        /// Milliseconds since the Unix epoch.
        since: i64,
        /// What failed, in a sentence.
        why: Arc<str>,
    },
    /// Listed again and again: the account may list and not watch it. What is shown is no older than one round.
    Polled {
        /// Seconds between two lists.
        every: u32,
    },
    /// The first list failed, and is tried again: what there is of it is not known.
    Failed {
        /// Milliseconds since the Unix epoch of the first failure in a row.
        since: i64,
        /// What failed, in a sentence.
        why: Arc<str>,
    },
    /// The account may not list it.
    Forbidden {
        /// The server's message.
        why: Arc<str>,
        /// Where it might before: since when it may not, in milliseconds since the Unix epoch. What is held of it is as it
        /// was then.
        since: Option<i64>,
    },
    /// The source does not hold this kind (offline), or the server no longer serves it.
    Absent,
}

/// One kind's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KindCoverage {
    /// The kind.
    pub kind: ResourceKind,
    /// State per scope; one entry for an unrestricted account.
    pub scopes: Vec<(Scope, KindState)>,
    /// Objects that are listed.
    pub count: u64,
    /// Objects beside them that are held from the time when the account might list them.
    pub withheld: u64,
}

/// The whole table, ordered by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Rows ordered by group and kind.
    pub kinds: Vec<KindCoverage>,
}

impl Coverage {
    /// The row of a kind.
    pub fn of(&self, kind: &GroupKind) -> Option<&KindCoverage> {
        self.kinds.binary_search_by(|row| row.kind.group_kind.cmp(kind)).ok().and_then(|at| self.kinds.get(at))
    }
}

impl Scope {
    /// Whether it looks into a namespace; the empty name stands for what lies in none.
    pub fn covers(&self, namespace: &str) -> bool {
        match self {
            Self::Cluster => true,
            Self::Namespace(name) => &**name == namespace,
        }
    }
}

impl KindState {
    /// Whether what is not held is truly absent.
    pub fn is_listed(&self) -> bool {
        matches!(self, Self::Live | Self::Polled { .. } | Self::Stale { .. })
    }
}

impl KindCoverage {
    /// Whether an object of this kind that is not held in `namespace` (empty for cluster scope) is truly absent:
    /// its scope is listed. Otherwise it is unknown.
    pub fn is_listed(&self, namespace: &str) -> bool {
        self.scopes.iter().any(|(scope, state)| scope.covers(namespace) && state.is_listed())
    }

    /// Since when the account may not list any more what it might before in `namespace`: objects held there are as they
    /// were then.
    pub fn withheld_since(&self, namespace: &str) -> Option<i64> {
        let since = self.scopes.iter().filter_map(|(scope, state)| match state {
            KindState::Forbidden { since, .. } if scope.covers(namespace) => *since,
            _ => None,
        });
        since.max().filter(|_| !self.is_listed(namespace))
    }
}
