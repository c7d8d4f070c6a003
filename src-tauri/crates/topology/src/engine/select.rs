//! Selectors and objects find each other by label pair and namespace, never by trying all against all.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use model::{GroupKind, ResourceKey};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::facts::{Facts, pair_hash};
use crate::graph::NodeId;
use crate::links::{Among, Namespaces, Selection};

/// The namespace of buckets that serve all namespaces; no namespace is called so.
const EVERYWHERE: &str = "*";

/// Both directions: selectors by what they demand, objects by what they carry.
#[derive(Debug, Default)]
pub(super) struct SelectIndex {
    selectors: FxHashMap<u64, Vec<(NodeId, Arc<Selection>)>>,
    /// How many selectors are in buckets that serve all namespaces.
    everywhere: usize,
    /// Selections whose namespaces are themselves selected by labels.
    by_namespace_labels: Vec<(NodeId, Arc<Selection>)>,
    /// Posting lists: class, namespace and label pair to objects. Hashes may collide: whoever reads compares labels.
    objects: FxHashMap<u64, Vec<NodeId>>,
    /// Classes that a selector has asked for, hence posted, with the namespaces they have objects in.
    classes: FxHashMap<u64, BTreeMap<Arc<str>, u32>>,
}

fn class_of(among: &Among) -> u64 {
    let mut hasher = FxHasher::default();
    match among {
        Among::Pods => 1_u8.hash(&mut hasher),
        Among::Everything => 2_u8.hash(&mut hasher),
        // Pods are among the pods; what is left of the difference is for `selects`.
        Among::Kind(kind) if kind.group.is_empty() && &*kind.kind == "Pod" => 1_u8.hash(&mut hasher),
        Among::ParamsOf(_) => 4_u8.hash(&mut hasher),
        Among::Kind(kind) => return class_of_kind(&kind.group, &kind.kind),
    }
    hasher.finish()
}

fn class_of_kind(group: &str, kind: &str) -> u64 {
    let mut hasher = FxHasher::default();
    (3_u8, group, kind).hash(&mut hasher);
    hasher.finish()
}

fn bucket(class: u64, namespace: &str, pair: Option<u64>) -> u64 {
    let mut hasher = FxHasher::default();
    (class, namespace, pair).hash(&mut hasher);
    hasher.finish()
}

/// Where an object can be selected, with the label pairs it is found by there.
fn places(key: &ResourceKey, facts: &Facts, as_pod: bool) -> [Option<(u64, bool)>; 4] {
    let mut any = FxHasher::default();
    4_u8.hash(&mut any);
    [
        as_pod.then(|| (class_of(&Among::Pods), true)),
        (!key.is("", "Pod")).then(|| (class_of_kind(key.group(), key.kind()), false)),
        (!facts.marks.is_empty() || !facts.labels.is_empty()).then(|| (class_of(&Among::Everything), false)),
        // What a policy takes for its parameters is known only from the policy.
        Some((any.finish(), false)),
    ]
}

fn pairs(facts: &Facts, of_pods: bool) -> impl Iterator<Item = u64> {
    let labels = if of_pods { facts.template.as_ref().unwrap_or(&facts.labels) } else { &facts.labels };
    let marks = facts.marks.iter().filter(move |_| !of_pods).map(|(mark, value)| pair_hash(mark, value));
    labels.iter().map(|(key, value)| pair_hash(key, value)).chain(marks)
}

impl SelectIndex {
    /// Makes sure that objects of the classes these selections look among are posted; returns classes that are not yet.
    pub(super) fn demand<'a>(&mut self, selections: impl Iterator<Item = &'a Arc<Selection>>) -> FxHashSet<u64> {
        let mut fresh = FxHashSet::default();
        for selection in selections {
            let class = class_of(&selection.among);
            self.classes.entry(class).or_insert_with(|| {
                fresh.insert(class);
                BTreeMap::new()
            });
        }
        fresh
    }

    /// Posts an object; `only` restricts it to some classes.
    pub(super) fn post(
        &mut self,
        id: NodeId,
        key: &ResourceKey,
        facts: &Facts,
        as_pod: bool,
        only: Option<&FxHashSet<u64>>,
    ) {
        for (class, of_pods) in places(key, facts, as_pod).into_iter().flatten() {
            if only.is_some_and(|only| !only.contains(&class)) {
                continue;
            }
            let Some(namespaces) = self.classes.get_mut(&class) else { continue };
            match namespaces.get_mut(key.namespace()) {
                Some(count) => *count += 1,
                None => {
                    namespaces.insert(key.namespace().into(), 1);
                }
            }
            for pair in pairs(facts, of_pods).map(Some).chain([None]) {
                self.objects.entry(bucket(class, key.namespace(), pair)).or_default().push(id);
            }
        }
    }

    /// Takes an object back, by the facts it was posted with.
    pub(super) fn withdraw(&mut self, id: NodeId, key: &ResourceKey, facts: &Facts, as_pod: bool) {
        for (class, of_pods) in places(key, facts, as_pod).into_iter().flatten() {
            let Some(namespaces) = self.classes.get_mut(&class) else { continue };
            if let Some(count) = namespaces.get_mut(key.namespace()) {
                *count -= 1;
                if *count == 0 {
                    namespaces.remove(key.namespace());
                }
            }
            for pair in pairs(facts, of_pods).map(Some).chain([None]) {
                let at = bucket(class, key.namespace(), pair);
                if let Some(list) = self.objects.get_mut(&at) {
                    if let Some(position) = list.iter().position(|other| *other == id) {
                        list.swap_remove(position);
                    }
                    if list.is_empty() {
                        self.objects.remove(&at);
                    }
                }
            }
        }
    }

    /// Registers a selection.
    pub(super) fn register(&mut self, declarer: NodeId, selection: &Arc<Selection>) {
        for at in buckets(selection) {
            self.selectors.entry(at).or_default().push((declarer, selection.clone()));
        }
        self.everywhere += usize::from(!matches!(selection.namespaces, Namespaces::Named(_)));
        if matches!(selection.namespaces, Namespaces::Matching(_)) {
            self.by_namespace_labels.push((declarer, selection.clone()));
        }
    }

    /// Takes a selection back.
    pub(super) fn unregister(&mut self, declarer: NodeId, selection: &Arc<Selection>) {
        let is_it = |entry: &(NodeId, Arc<Selection>)| entry.0 == declarer && Arc::ptr_eq(&entry.1, selection);
        for at in buckets(selection) {
            if let Some(list) = self.selectors.get_mut(&at) {
                list.retain(|entry| !is_it(entry));
                if list.is_empty() {
                    self.selectors.remove(&at);
                }
            }
        }
        self.everywhere -= usize::from(!matches!(selection.namespaces, Namespaces::Named(_)));
        if matches!(selection.namespaces, Namespaces::Matching(_)) {
            self.by_namespace_labels.retain(|entry| !is_it(entry));
        }
    }

    /// Selections that select labels of namespaces.
    pub(super) fn by_namespace_labels(&self) -> &[(NodeId, Arc<Selection>)] {
        &self.by_namespace_labels
    }

    /// The selections that may select an object; each at most once, to be tested by [`selects`].
    pub(super) fn candidates(&self, key: &ResourceKey, facts: &Facts, as_pod: bool) -> Vec<&(NodeId, Arc<Selection>)> {
        let mut found = Vec::new();
        let namespaces = [Some(key.namespace()), Some(EVERYWHERE).filter(|_| self.everywhere > 0)];
        for (class, of_pods) in places(key, facts, as_pod).into_iter().flatten() {
            if !self.classes.contains_key(&class) {
                continue;
            }
            for pair in pairs(facts, of_pods).map(Some).chain([None]) {
                for namespace in namespaces.into_iter().flatten() {
                    found.extend(self.selectors.get(&bucket(class, namespace, pair)).into_iter().flatten());
                }
            }
        }
        found
    }

    /// Objects that may be selected, in one namespace or in all that the selection looks in; to be tested by [`selects`].
    pub(super) fn targets(&self, selection: &Selection, only: Option<&str>) -> Vec<NodeId> {
        let class = class_of(&selection.among);
        let anchors: Vec<u64> = selection.selector.anchors().map(|(key, value)| pair_hash(key, value)).collect();
        let mut found = Vec::new();
        let mut look = |namespace: &str| {
            if anchors.is_empty() {
                found.extend(self.objects.get(&bucket(class, namespace, None)).into_iter().flatten());
            }
            for pair in &anchors {
                found.extend(self.objects.get(&bucket(class, namespace, Some(*pair))).into_iter().flatten());
            }
        };
        match (only, &selection.namespaces) {
            (Some(namespace), _) => look(namespace),
            (None, Namespaces::Named(names)) => names.iter().for_each(|name| look(name)),
            (None, _) => {
                let namespaces = self.classes.get(&class).into_iter().flatten();
                namespaces.for_each(|(namespace, _)| look(namespace));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn buckets(selection: &Selection) -> Vec<u64> {
    let class = class_of(&selection.among);
    let anchors: Vec<Option<u64>> =
        selection.selector.anchors().map(|(key, value)| Some(pair_hash(key, value))).collect();
    let anchors = if anchors.is_empty() { vec![None] } else { anchors };
    let everywhere = [Arc::from(EVERYWHERE)];
    let namespaces = match &selection.namespaces {
        Namespaces::Named(names) => names.as_slice(),
        _ => &everywhere,
    };
    let mut buckets: Vec<u64> = namespaces
        .iter()
        .flat_map(|namespace| anchors.iter().map(move |pair| bucket(class, namespace, *pair)))
        .collect();
    buckets.sort_unstable();
    buckets.dedup();
    buckets
}

/// Whether a selection selects an object, all conditions considered.
pub(super) fn selects<'a>(
    selection: &Selection,
    key: &ResourceKey,
    facts: &Facts,
    as_pod: bool,
    is_param_of: impl Fn(&ResourceKey) -> bool,
    namespace_label: impl Fn(&str) -> Option<&'a str>,
) -> bool {
    let among = match &selection.among {
        Among::Pods => as_pod,
        Among::Kind(GroupKind { group, kind }) => key.is(group, kind),
        Among::ParamsOf(policy) => is_param_of(policy),
        Among::Everything => true,
    };
    let namespace = || match &selection.namespaces {
        Namespaces::Named(names) => names.iter().any(|name| &**name == key.namespace()),
        Namespaces::All => true,
        Namespaces::Matching(selector) => !key.namespace().is_empty() && selector.matches(namespace_label),
    };
    let labels = || match selection.among {
        Among::Pods => selection.selector.matches(|name| facts.pod_label(name)),
        _ => selection.selector.matches(|name| facts.label(name)),
    };
    // With a uid it has been in a cluster, whose controllers adopt what is theirs.
    let adopted = selection.orphans && (facts.owned || facts.uid.is_some());
    let ended = selection.live && facts.ended;
    among && !adopted && !ended && namespace() && labels()
}
