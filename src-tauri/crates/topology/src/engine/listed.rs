//! Which kinds are listed where: what decides between missing and unknown.

use std::sync::Arc;

use model::{Coverage, GroupKind, KindFacts, KindState, ResourceKey, Scope};
use rustc_hash::FxHashMap;

/// The part of the coverage that the state of edges depends on.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// By the kind as a key writes it, `core/Pod`, so that looking up allocates nothing.
    kinds: FxHashMap<Box<str>, Row>,
    plurals: FxHashMap<(Arc<str>, Arc<str>), GroupKind>,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    kind: GroupKind,
    plural: Arc<str>,
    namespaced: bool,
    scopes: Vec<(Scope, Reach)>,
    /// Scopes that were listed and may not be any more.
    withheld: Vec<Scope>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Listed,
    Loading,
    Failed,
    Forbidden,
    Absent,
}

impl Row {
    fn reach(&self, namespace: &str) -> Reach {
        let covering = self.scopes.iter().filter(|(scope, _)| scope.covers(namespace));
        // One scope that lists it is enough; of several that do not, the most telling speaks.
        let order = |reach: &Reach| match reach {
            Reach::Listed => 0,
            Reach::Loading => 1,
            Reach::Failed => 2,
            Reach::Forbidden => 3,
            Reach::Absent => 4,
        };
        let fallback = if self.scopes.is_empty() { Reach::Absent } else { Reach::Forbidden };
        covering.map(|(_, reach)| *reach).min_by_key(order).unwrap_or(fallback)
    }
}

impl Listed {
    /// Takes a new coverage; returns the kinds whose reach changed, ordered.
    pub(super) fn update(&mut self, coverage: &Coverage) -> Vec<GroupKind> {
        let mut changed = Vec::new();
        let mut kinds = FxHashMap::default();
        for row in &coverage.kinds {
            let kind = &row.kind;
            let reach = |state: &KindState| match state {
                KindState::Live | KindState::Polled { .. } | KindState::Stale { .. } => Reach::Listed,
                KindState::Loading { .. } => Reach::Loading,
                KindState::Failed { .. } => Reach::Failed,
                KindState::Forbidden { .. } => Reach::Forbidden,
                KindState::Absent => Reach::Absent,
            };
            let scopes = row.scopes.iter().map(|(scope, state)| (scope.clone(), reach(state))).collect();
            let withheld = |(scope, state): &(Scope, KindState)| {
                matches!(state, KindState::Forbidden { since: Some(_), .. }).then(|| scope.clone())
            };
            let next = Row {
                kind: kind.group_kind.clone(),
                plural: kind.plural.clone(),
                namespaced: kind.namespaced,
                scopes,
                withheld: row.scopes.iter().filter_map(withheld).collect(),
            };
            let name: Box<str> = kind.group_kind.to_string().into();
            if self.kinds.remove(&name).as_ref() != Some(&next) {
                changed.push(kind.group_kind.clone());
                self.plurals.insert((kind.group_kind.group.clone(), kind.plural.clone()), kind.group_kind.clone());
            }
            kinds.insert(name, next);
        }
        changed.extend(self.kinds.drain().map(|(_, row)| row.kind));
        self.kinds = kinds;
        changed.sort();
        changed
    }

    /// Whether an object of this key that is not there is truly absent.
    pub(super) fn has(&self, key: &ResourceKey) -> bool {
        self.reach(key) == Reach::Listed
    }

    /// Whether an object of this key that is held is as it was when the account might still list it.
    pub(super) fn withholds(&self, key: &ResourceKey) -> bool {
        self.kinds.get(key.kind_prefix()).is_some_and(|row| {
            row.withheld.iter().any(|scope| scope.covers(key.namespace()))
                && row.reach(key.namespace()) != Reach::Listed
        })
    }

    /// Whether all pods of a namespace are told.
    pub(super) fn has_pods(&self, namespace: &str) -> bool {
        self.kinds.get("core/Pod").is_some_and(|row| row.reach(namespace) == Reach::Listed)
    }

    /// Whether pods of a namespace are neither there nor on their way, so that their workloads stand for them.
    pub(super) fn pods_hidden(&self) -> bool {
        let pods = self.kinds.get("core/Pod");
        pods.is_none_or(|row| {
            row.scopes.iter().all(|(_, reach)| matches!(reach, Reach::Absent | Reach::Forbidden | Reach::Failed))
        })
    }

    /// Why nothing can be said of a key, for the second line of its card.
    pub(super) fn why_unknown(&self, key: &ResourceKey) -> Arc<str> {
        let plural = self.kinds.get(key.kind_prefix()).map(|row| row.plural.clone());
        match self.reach(key) {
            Reach::Forbidden => {
                let what = plural.unwrap_or_else(|| key.kind().to_lowercase().into());
                format!("this account may not list {what}").into()
            }
            Reach::Loading => "loading".into(),
            Reach::Failed => "could not be listed".into(),
            Reach::Absent | Reach::Listed => "not in this source".into(),
        }
    }

    /// Whether objects of the kind of a key live in namespaces; assumed of kinds that nobody knows.
    pub(super) fn namespaced(&self, key: &ResourceKey) -> bool {
        let told = self.kinds.get(key.kind_prefix()).map(|row| row.namespaced);
        told.or_else(|| key.group_kind().is_namespaced()).unwrap_or(true)
    }

    /// The kind of a plural.
    pub(super) fn by_plural(&self, group: &Arc<str>, plural: &Arc<str>) -> Option<GroupKind> {
        let told = self.plurals.get(&(group.clone(), plural.clone())).cloned();
        told.or_else(|| KindFacts::of_plural(group, plural).map(|facts| GroupKind::new(facts.group, facts.kind)))
    }

    fn reach(&self, key: &ResourceKey) -> Reach {
        self.kinds.get(key.kind_prefix()).map_or(Reach::Absent, |row| row.reach(key.namespace()))
    }
}
