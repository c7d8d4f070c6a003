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
    /// The account may not list or watch it.
    Forbidden {
        /// The server's message.
        why: Arc<str>,
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
    /// Objects held.
    pub count: u64,
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

impl KindCoverage {
    /// Whether an object of this kind that is not held in `namespace` (empty for cluster scope) is truly absent:
    /// its scope is listed. Otherwise it is unknown.
    pub fn is_listed(&self, namespace: &str) -> bool {
        self.scopes.iter().any(|(scope, state)| {
            let covers = match scope {
                Scope::Cluster => true,
                Scope::Namespace(name) => &**name == namespace,
            };
            covers && matches!(state, KindState::Live | KindState::Stale { .. })
        })
    }
}
