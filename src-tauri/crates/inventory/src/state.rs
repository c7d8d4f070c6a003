//! The writer's side: deltas in, changes and snapshots out.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use model::{ClusterId, Coverage, Delta, GroupKind, KindCoverage, KindState, Object, ResourceKey, ResourceKind, Scope};
use rustc_hash::FxHashSet;

use crate::pack::{KindPacker, Packer};
use crate::snapshot::{Held, Identity, Snapshot, Stored, prefix_of, range};

/// A change of the set of objects, relists already resolved: what topology and everyone downstream applies.
#[derive(Clone, Debug)]
pub enum Change {
    /// New or changed.
    Upserted(Object),
    /// Gone.
    Removed(ResourceKey),
}

/// What a batch did.
#[derive(Debug, Default)]
pub struct Applied {
    /// Ordered by key; several of one object in the order in which they happened. Updates are told by the last of them;
    /// that an object came, that it went, and that another came in its place each stand for themselves.
    pub changes: Vec<Change>,
    /// What was held before each change: nothing before an object came.
    pub before: Vec<Option<Held>>,
    /// Whether completeness or freshness of some kind changed.
    pub coverage_changed: bool,
}

/// The objects of one cluster; one writer.
pub struct Inventory {
    cluster: ClusterId,
    revision: u64,
    objects: OrdMap<ResourceKey, Arc<Stored>>,
    kinds: BTreeMap<GroupKind, KindEntry>,
    relists: BTreeMap<GroupKind, Vec<(Scope, FxHashSet<ResourceKey>)>>,
    coverage: Arc<Coverage>,
    packer: Packer,
}

struct KindEntry {
    kind: ResourceKind,
    /// Kept apart from `kind.version`: offline sources may hold several versions of one kind.
    versions: Vec<Arc<str>>,
    scopes: BTreeMap<Scope, KindState>,
    count: u64,
    packer: KindPacker,
}

impl Inventory {
    /// Empty, at revision 0.
    pub fn new(cluster: ClusterId) -> Self {
        Self::starting_at(cluster, 0)
    }

    /// Empty, at a revision: after one that was lost, whose revisions name states of their own.
    pub fn starting_at(cluster: ClusterId, revision: u64) -> Self {
        Self {
            cluster,
            revision,
            objects: OrdMap::new(),
            kinds: BTreeMap::new(),
            relists: BTreeMap::new(),
            coverage: Arc::default(),
            packer: Packer::new(),
        }
    }

    /// Applies a batch. Costs time in proportion to the batch, but for the end of a relist, which walks the kind's keys.
    pub fn apply(&mut self, batch: Vec<Delta>) -> Applied {
        let mut changed = Changed::default();
        let mut coverage_changed = false;
        for delta in batch {
            match delta {
                Delta::Discovered(kind) => coverage_changed |= self.discover(kind),
                Delta::Withdrawn(kind) => {
                    coverage_changed |= self.withdraw(&kind, &mut changed);
                }
                Delta::Upsert(object) => coverage_changed |= self.upsert(object, &mut changed),
                Delta::Delete(key) => coverage_changed |= self.remove(&key, &mut changed),
                Delta::RelistBegin(kind, scope) => {
                    let relists = self.relists.entry(kind).or_default();
                    // A list that was cut short begins again.
                    relists.retain(|(begun, _)| *begun != scope);
                    relists.push((scope, FxHashSet::default()));
                }
                Delta::RelistEnd(kind, scope) => coverage_changed |= self.end_relist(kind, scope, &mut changed),
                Delta::State(kind, scope, state) => {
                    let entry = self.entry(&kind, None);
                    if entry.scopes.get(&scope) != Some(&state) {
                        entry.scopes.insert(scope, state);
                        coverage_changed = true;
                    }
                }
                Delta::Left(kind, scope) => {
                    let left = self.kinds.get_mut(&kind).and_then(|entry| entry.scopes.remove(&scope));
                    coverage_changed |= left.is_some();
                }
                Delta::Forget(kind) => coverage_changed |= self.forget(&kind, &mut changed),
            }
        }
        if coverage_changed {
            self.coverage = Arc::new(self.count_coverage());
        }
        let (changes, before) = changed.told();
        if coverage_changed || !changes.is_empty() {
            self.revision += 1;
        }
        Applied { changes, before, coverage_changed }
    }

    /// What readers get; costs a few reference counts.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::new(Snapshot {
            cluster: self.cluster.clone(),
            revision: self.revision,
            objects: self.objects.clone(),
            coverage: Arc::clone(&self.coverage),
        })
    }

    fn discover(&mut self, kind: ResourceKind) -> bool {
        let known = self.kinds.get(&kind.group_kind).is_some_and(|entry| entry.kind == kind);
        let group_kind = kind.group_kind.clone();
        self.entry(&group_kind, Some(kind));
        !known
    }

    fn withdraw(&mut self, kind: &GroupKind, changed: &mut Changed) -> bool {
        let keys = self.keys_under(&prefix_of(kind, None));
        for key in &keys {
            self.remove(key, changed);
        }
        self.relists.remove(kind);
        self.kinds.remove(kind).is_some()
    }

    /// Drops what is held from a time when the account might list it; from then on the kind is one that it may not.
    fn forget(&mut self, kind: &GroupKind, changed: &mut Changed) -> bool {
        let Some(entry) = self.kinds.get(kind) else { return false };
        let row = entry.coverage(&self.objects);
        let withheld = withheld(&row, &self.objects);
        let mut forgotten = false;
        for key in &withheld {
            forgotten |= self.remove(key, changed);
        }
        for state in self.kinds.get_mut(kind).into_iter().flat_map(|entry| entry.scopes.values_mut()) {
            if let KindState::Forbidden { since, .. } = state {
                forgotten |= since.take().is_some();
            }
        }
        forgotten
    }

    fn upsert(&mut self, object: Object, changed: &mut Changed) -> bool {
        let kind = object.key.group_kind();
        for (scope, seen) in self.relists.get_mut(&kind).into_iter().flatten() {
            if scope.covers(object.key.namespace()) {
                seen.insert(object.key.clone());
            }
        }
        let present = self.objects.get(&object.key);
        let unchanged = object.resource_version.is_some()
            && present.is_some_and(|stored| stored.resource_version.as_deref() == object.resource_version.as_deref());
        if unchanged {
            return false;
        }
        let is_new = present.is_none();
        let identity = Identity::of(object.uid.as_deref());
        self.entry(&kind, None);
        let Some(entry) = self.kinds.get_mut(&kind) else { return false };
        entry.count += u64::from(is_new);
        let version = intern(&mut entry.versions, &object.version);
        let stored = Stored {
            version,
            resource_version: object.resource_version.as_deref().map(Into::into),
            identity,
            body: self.packer.pack(&mut entry.packer, &object.body),
        };
        match self.objects.insert(object.key.clone(), Arc::new(stored)) {
            Some(other) if identity.is_another(other.identity) => {
                changed.went(object.key.clone(), other);
                changed.came(object, None);
            }
            before => changed.came(object, before),
        }
        is_new
    }

    fn remove(&mut self, key: &ResourceKey, changed: &mut Changed) -> bool {
        let Some(stored) = self.objects.remove(key) else { return false };
        if let Some(entry) = self.kinds.get_mut(&key.group_kind()) {
            entry.count = entry.count.saturating_sub(1);
        }
        changed.went(key.clone(), stored);
        true
    }

    fn end_relist(&mut self, kind: GroupKind, scope: Scope, changed: &mut Changed) -> bool {
        let namespace = match &scope {
            Scope::Cluster => None,
            Scope::Namespace(name) => Some(name.to_string()),
        };
        let prefix = prefix_of(&kind, namespace.as_deref());
        let Some(relists) = self.relists.get_mut(&kind) else { return false };
        let Some(at) = relists.iter().position(|(begun, _)| *begun == scope) else { return false };
        let (_, seen) = relists.swap_remove(at);
        let gone: Vec<ResourceKey> = self.keys_under(&prefix).into_iter().filter(|key| !seen.contains(key)).collect();
        let mut removed = false;
        for key in &gone {
            removed |= self.remove(key, changed);
        }
        removed
    }

    fn keys_under(&self, prefix: &str) -> Vec<ResourceKey> {
        range(&self.objects, prefix)
            .map(|(key, _)| key)
            .take_while(|key| key.as_str().starts_with(prefix))
            .cloned()
            .collect()
    }

    /// The entry of a kind; one that no source announced is made up from its name, so that nothing is lost.
    fn entry(&mut self, kind: &GroupKind, announced: Option<ResourceKind>) -> &mut KindEntry {
        let entry = self.kinds.entry(kind.clone()).or_insert_with(|| KindEntry {
            kind: announced.clone().unwrap_or_else(|| ResourceKind {
                group_kind: kind.clone(),
                version: "v1".into(),
                plural: format!("{}s", kind.kind.to_lowercase()).into(),
                namespaced: true,
            }),
            versions: Vec::new(),
            scopes: BTreeMap::new(),
            count: 0,
            packer: KindPacker::default(),
        });
        if let Some(announced) = announced {
            entry.kind = announced;
        }
        entry
    }

    fn count_coverage(&self) -> Coverage {
        Coverage { kinds: self.kinds.values().map(|entry| entry.coverage(&self.objects)).collect() }
    }
}

impl KindEntry {
    fn coverage(&self, objects: &OrdMap<ResourceKey, Arc<Stored>>) -> KindCoverage {
        let mut row = KindCoverage {
            kind: self.kind.clone(),
            scopes: self.scopes.iter().map(|(scope, state)| (scope.clone(), state.clone())).collect(),
            count: self.count,
            withheld: 0,
        };
        if self.scopes.values().any(|state| matches!(state, KindState::Forbidden { since: Some(_), .. })) {
            row.withheld = withheld(&row, objects).len() as u64;
            row.count = row.count.saturating_sub(row.withheld);
        }
        row
    }
}

/// What a batch has done so far, in order.
#[derive(Default)]
struct Changed(Vec<(Change, Option<Held>)>);

impl Changed {
    fn came(&mut self, object: Object, before: Option<Arc<Stored>>) {
        self.0.push((Change::Upserted(object), before.map(Held)));
    }

    fn went(&mut self, key: ResourceKey, stored: Arc<Stored>) {
        self.0.push((Change::Removed(key), Some(Held(stored))));
    }

    /// Ordered by key, with updates in place of those before them; and what was held before each.
    fn told(mut self) -> (Vec<Change>, Vec<Option<Held>>) {
        // Stable: changes of one object keep their order.
        self.0.sort_by(|(one, _), (other, _)| one.key().cmp(other.key()));
        let (mut changes, mut before) = (Vec::with_capacity(self.0.len()), Vec::with_capacity(self.0.len()));
        for (change, held) in self.0 {
            let last: Option<&mut Change> = changes.last_mut();
            match (last, &change) {
                (Some(last @ Change::Upserted(_)), Change::Upserted(_)) if last.key() == change.key() => *last = change,
                (Some(last @ Change::Upserted(_)), Change::Removed(_))
                    if last.key() == change.key() && before.last().is_some_and(Option::is_some) =>
                {
                    *last = change;
                    before.pop();
                    before.push(held);
                }
                _ => {
                    changes.push(change);
                    before.push(held);
                }
            }
        }
        (changes, before)
    }
}

impl Change {
    /// The object that changed.
    pub fn key(&self) -> &ResourceKey {
        match self {
            Self::Upserted(object) => &object.key,
            Self::Removed(key) => key,
        }
    }
}

/// What of the kind is held from a time when the account might list it.
fn withheld(row: &KindCoverage, objects: &OrdMap<ResourceKey, Arc<Stored>>) -> Vec<ResourceKey> {
    let prefix = prefix_of(&row.kind.group_kind, None);
    let held = range(objects, &prefix).map(|(key, _)| key).take_while(|key| key.as_str().starts_with(&prefix));
    held.filter(|key| row.withheld_since(key.namespace()).is_some()).cloned().collect()
}

fn intern(versions: &mut Vec<Arc<str>>, version: &Arc<str>) -> Arc<str> {
    if let Some(known) = versions.iter().find(|known| *known == version) {
        return Arc::clone(known);
    }
    versions.push(Arc::clone(version));
    Arc::clone(version)
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
