//! Keeps the graph true, one change at a time; an empty graph is filled at once (`build`), by the same steps:
//!
//! 1. Facts of the changed objects are extracted (in parallel).
//! 2. Indexes take them in and mark the objects whose edges may differ.
//! 3. Those objects resolve the edges they declare (in parallel, reading only).
//! 4. The edges are written; what they touch is marked.
//! 5. Marked nodes are renewed: status, caption, note, health, application.
//!
//! The work is proportional to the edges that a change touches. What comes out depends on the objects and the coverage
//! alone, not on the order in which they came.

mod attributes;
mod build;
mod listed;
mod marks;
mod resolve;
mod select;
#[cfg(test)]
pub(crate) mod tests;
mod write;

use std::cell::RefCell;
use std::sync::Arc;

use inventory::Change;
use model::{Coverage, GroupKind, ResourceKey};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{Facts, extract};
use crate::graph::{Graph, GraphDelta, NodeId, Presence};
use crate::kinds;
use crate::links::{Export, Selection};
use crate::pool::Pool;
use crate::rules::RuleBook;
use attributes::Troubles;
use listed::Listed;
use marks::Marks;
pub(crate) use resolve::MOST;
use resolve::Resolved;
use select::SelectIndex;

/// Owns the graph of one cluster and keeps it true.
#[derive(Debug)]
pub struct Engine {
    known: Known,
    graph: Graph,
    /// Places without a node.
    free: Vec<usize>,
    tallies: Vec<Tally>,
    troubles: Troubles,
    /// Empty between steps; kept for their tables.
    marks: [Marks; 4],
}

/// Changes whose objects were read, and are not in a graph yet.
#[derive(Debug, Default)]
pub struct Reading(Vec<(ResourceKey, Option<Arc<Facts>>)>);

/// What resolving reads: objects and the indexes over them.
#[derive(Debug)]
struct Known {
    book: Arc<RuleBook>,
    listed: Listed,
    pods_hidden: bool,
    /// Every node, ghosts included.
    ids: FxHashMap<ResourceKey, NodeId>,
    /// By place; none where it is free.
    keys: Vec<Option<ResourceKey>>,
    /// Ids are in the order of keys: while an empty graph is filled, before there are ghosts.
    in_order: bool,
    /// By node; none for ghosts.
    facts: Vec<Option<Arc<Facts>>>,
    uids: FxHashMap<Arc<str>, NodeId>,
    /// Objects that would have an edge if this key were there (or were another object).
    wanted: FxHashMap<ResourceKey, Vec<NodeId>>,
    /// By node.
    wants: Vec<Box<[ResourceKey]>>,
    select: SelectIndex,
    /// ReferenceGrants by namespace, and the objects that need one there.
    grants: FxHashMap<Arc<str>, Vec<NodeId>>,
    grant_seekers: FxHashMap<Arc<str>, Vec<NodeId>>,
    /// How many objects supersede this key.
    superseded: FxHashMap<ResourceKey, u32>,
    /// Objects per kind, and the definition of each custom kind; kinds as keys write them: `core/Pod`.
    counts: FxHashMap<Box<str>, u32>,
    definers: FxHashMap<Box<str>, NodeId>,
}

/// Edges of a node that captions count.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    selected: u32,
    hosted: u32,
    bound: u32,
}

/// What one call of `apply` has found out so far.
#[derive(Debug, Default)]
struct Step {
    resolve: Marks,
    attributes: Marks,
    /// Nodes that may have nothing left to stand for.
    maybe_gone: Vec<NodeId>,
    /// Nodes whose controller or troubles may have changed.
    lineage: Marks,
    /// Nodes whose application may have changed.
    apps: Marks,
    selections: Vec<Arc<Selection>>,
    namespaces: Vec<Arc<str>>,
    selectable: Vec<(ResourceKey, Arc<Facts>)>,
    delta: GraphDelta,
    allocated: FxHashSet<ResourceKey>,
    freed: FxHashSet<ResourceKey>,
    changed: FxHashSet<ResourceKey>,
}

impl Engine {
    /// An engine without objects.
    pub fn new(rules: Arc<RuleBook>) -> Self {
        Self {
            known: Known::new(rules.clone()),
            graph: Graph::empty(rules),
            free: Vec::new(),
            tallies: Vec::new(),
            troubles: Troubles::default(),
            marks: Default::default(),
        }
    }

    /// An engine without objects whose graph is at a revision: after one that was lost, whose revisions name graphs of
    /// their own.
    pub fn starting_at(rules: Arc<RuleBook>, revision: u64) -> Self {
        let mut engine = Self::new(rules);
        engine.graph.revision = revision;
        engine
    }

    /// The graph as it is; readers keep it as long as they like.
    pub fn graph(&self) -> Arc<Graph> {
        Arc::new(self.graph.clone())
    }

    /// Takes changes in. Of several changes of one object the last one counts.
    pub fn apply(&mut self, changes: &[Change], coverage: &Coverage) -> GraphDelta {
        self.take(read(changes, &self.known.book), coverage)
    }

    /// Reads changes that are taken in later, with others that come after them: once they are read, their bodies are not
    /// needed any more.
    pub fn read(&self, changes: &[Change], into: &mut Reading) {
        into.0.extend(read(changes, &self.known.book));
    }

    /// Takes in what was read.
    pub fn apply_read(&mut self, Reading(mut read): Reading, coverage: &Coverage) -> GraphDelta {
        // Stable: the last change of each object stays behind those before it, and is the first in the reverse order.
        read.reverse();
        read.par_sort_by(|(one, _), (other, _)| one.cmp(other));
        read.dedup_by(|(later, _), (kept, _)| later == kept);
        self.take(read, coverage)
    }

    fn take(&mut self, extracted: Vec<(ResourceKey, Option<Arc<Facts>>)>, coverage: &Coverage) -> GraphDelta {
        if self.graph.is_empty() {
            return self.build(extracted, coverage);
        }
        let [resolve, attributes, lineage, apps] = std::mem::take(&mut self.marks);
        let mut step = Step { resolve, attributes, lineage, apps, ..Step::default() };
        let (changed, flipped) = self.cover(coverage);
        if !changed.is_empty() {
            self.mark_covered(&changed, flipped, &mut step);
        }
        let from_files = self.known.uids.is_empty();
        self.take_in(extracted, &mut step);
        if from_files != self.known.uids.is_empty() {
            self.mark_given(&mut step);
        }
        self.spread(&mut step);

        let marked = step.resolve.take();
        let known = &self.known;
        let resolved: Vec<(NodeId, Resolved)> =
            marked.into_par_iter().with_min_len(64).map(|id| (id, known.resolve(id))).collect();
        self.write(resolved, &mut step);
        self.sweep(&mut step);
        self.trace(&mut step);
        self.refresh_attributes(&mut step);
        self.marks = [step.resolve, step.attributes, step.lineage, step.apps];

        let sorted = |keys: &mut dyn Iterator<Item = &ResourceKey>| {
            let mut keys: Vec<ResourceKey> = keys.cloned().collect();
            keys.sort_unstable();
            keys
        };
        let mut delta = step.delta;
        let (new, gone, changed) = (&step.allocated, &step.freed, &step.changed);
        delta.added = sorted(&mut in_any_order(new).filter(|key| !gone.contains(*key)));
        delta.removed = sorted(&mut in_any_order(gone).filter(|key| !new.contains(*key)));
        let is_changed = |key: &&ResourceKey| !new.contains(*key) && !gone.contains(*key);
        delta.changed = sorted(&mut in_any_order(changed).filter(is_changed));
        // A key that went and came back within one step is changed.
        delta.changed.extend(sorted(
            &mut in_any_order(new).filter(|key| gone.contains(*key) && self.known.ids.contains_key(*key)),
        ));
        delta.added.retain(|key| self.known.ids.contains_key(key));
        delta.changed.sort_unstable();
        delta.edges.sort_unstable();
        delta.edges.dedup();
        self.finish(delta)
    }

    fn finish(&mut self, mut delta: GraphDelta) -> GraphDelta {
        if !delta.is_empty() {
            self.graph.revision += 1;
        }
        delta.revision = self.graph.revision;
        delta
    }

    /// Takes the coverage in; returns the kinds that became listed or ceased to be, and whether pods came into sight
    /// or went out of it.
    fn cover(&mut self, coverage: &Coverage) -> (Vec<GroupKind>, bool) {
        if *self.graph.coverage == *coverage {
            return (Vec::new(), false);
        }
        self.graph.coverage = Arc::new(coverage.clone());
        let changed = self.known.listed.update(coverage);
        let hidden = self.known.listed.pods_hidden();
        let flipped = std::mem::replace(&mut self.known.pods_hidden, hidden) != hidden;
        (changed, flipped)
    }

    /// Marks what hangs on kinds that became listed or ceased to be.
    fn mark_covered(&mut self, changed: &[GroupKind], flipped: bool, step: &mut Step) {
        let hidden = self.known.pods_hidden;
        let changed: FxHashSet<String> = changed.iter().map(GroupKind::to_string).collect();
        for at in 0..self.known.keys.len() {
            let Some(id) = self.graph.id_at(at) else { continue };
            let Some(key) = self.known.keys.get(at).and_then(Clone::clone) else { continue };
            match self.known.facts.get(at).and_then(Clone::clone) {
                None if changed.contains(key.kind_prefix()) => {
                    self.mark_others(id, step);
                    step.attributes.add(id);
                }
                Some(facts) => {
                    if changed.contains(key.kind_prefix()) && self.is_marked_withheld(id) != self.known.is_withheld(id)
                    {
                        self.mark_others(id, step);
                        step.resolve.add(id);
                        step.lineage.add(id);
                        step.attributes.add(id);
                        for remarked in facts.remarks.iter().filter_map(|(target, _)| self.known.ids.get(target)) {
                            step.attributes.add(*remarked);
                        }
                        self.each_far_end(id, |far| step.attributes.add(far));
                    }
                    if flipped && facts.template.is_some() && facts.uid.is_some() {
                        self.known.select.withdraw(id, &key, &facts, !hidden);
                        self.known.select.post(id, &key, &facts, hidden, None);
                        step.resolve.add(id);
                    }
                    // Discovery decides what an ambiguous name means, and pods that cannot be seen cannot be counted.
                    if facts.links.iter().any(|link| link.target.needs_discovery()) {
                        step.resolve.add(id);
                    }
                    if key.is("", "Service") && changed.contains("core/Pod") {
                        step.attributes.add(id);
                    }
                }
                None => {}
            }
        }
    }

    /// Whether a node says of an object that is held that it may not be listed any more.
    fn is_marked_withheld(&self, id: NodeId) -> bool {
        self.graph.slot(id).is_some_and(|slot| slot.node.presence == Presence::Withheld)
    }

    /// Marks what Kubernetes makes itself and is not there: whether it is missing depends on where the objects come from.
    fn mark_given(&self, step: &mut Step) {
        for (at, key) in self.known.keys.iter().enumerate() {
            let Some(id) = self.graph.id_at(at) else { continue };
            if self.known.facts(id).is_none() && key.as_ref().is_some_and(kinds::comes_with_kubernetes) {
                self.mark_others(id, step);
                step.attributes.add(id);
            }
        }
    }

    fn take_in(&mut self, extracted: Vec<(ResourceKey, Option<Arc<Facts>>)>, step: &mut Step) {
        let selections = extracted.iter().filter_map(|(_, facts)| facts.as_ref()).flat_map(|facts| &facts.selections);
        let fresh_classes = self.known.select.demand(selections);
        if !fresh_classes.is_empty() {
            for (at, facts) in self.known.facts.iter().enumerate() {
                let (Some(facts), Some(Some(key))) = (facts, self.known.keys.get(at)) else { continue };
                let Some(id) = self.graph.id_at(at) else { continue };
                let as_pod = is_pod_like(key, facts, self.known.pods_hidden);
                self.known.select.post(id, key, facts, as_pod, Some(&fresh_classes));
            }
        }
        for (key, facts) in extracted {
            self.replace(key, facts, step);
        }
    }

    /// Replaces one object's facts, keeps the indexes in step and marks what may differ.
    fn replace(&mut self, key: ResourceKey, new: Option<Arc<Facts>>, step: &mut Step) {
        let id = match (self.known.ids.get(&key), &new) {
            (Some(id), _) => *id,
            (None, Some(_)) => self.allocate(key.clone(), step),
            (None, None) => return,
        };
        let Some(place) = self.known.facts.get_mut(id.index()) else { return };
        let old = std::mem::replace(place, new.clone());
        let hidden = self.known.pods_hidden;
        let (old, new) = (old.as_ref(), new.as_ref());

        let presence = old.is_some() != new.is_some();
        let uid = |facts: Option<&Arc<Facts>>| facts.and_then(|facts| facts.uid.clone());
        if presence || uid(old) != uid(new) {
            self.mark_others(id, step);
            for other in self.known.wanted.get(&key).into_iter().flatten() {
                step.resolve.add(*other);
            }
            self.register_uid(id, uid(old), uid(new));
        }
        if presence {
            step.resolve.add(id);
            step.lineage.add(id);
            step.apps.add(id);
            step.maybe_gone.push(id);
            self.count(&key, new.is_some(), step);
        }
        let same_labels = match (old, new) {
            (Some(old), Some(new)) => old.is_selected_like(new),
            _ => false,
        };
        if presence || !same_labels {
            if let Some(old) = old {
                self.known.select.withdraw(id, &key, old, is_pod_like(&key, old, hidden));
                step.selectable.push((key.clone(), old.clone()));
            }
            if let Some(new) = new {
                self.known.select.post(id, &key, new, is_pod_like(&key, new, hidden), None);
                step.selectable.push((key.clone(), new.clone()));
            }
            step.resolve.add(id);
            if key.is("", "Namespace") {
                step.namespaces.push(key.name().into());
                for other in self.known.wanted.get(&key).into_iter().flatten() {
                    step.resolve.add(*other);
                }
            }
        }
        if old.map(|facts| &facts.links) != new.map(|facts| &facts.links) {
            step.resolve.add(id);
        }
        self.replace_selections(id, old, new, step);
        self.replace_exports(id, &key, old, new, step);
        let app = |facts: Option<&Arc<Facts>>| facts.map(|facts| (facts.app.clone(), facts.controller.clone()));
        if app(old) != app(new) {
            step.apps.add(id);
        }
        let trouble =
            |facts: Option<&Arc<Facts>>| facts.map(|facts| (facts.appraisal.trouble.clone(), facts.appraisal.health));
        if trouble(old) != trouble(new) {
            step.lineage.add(id);
        }
        let remarks = [old, new].into_iter().flatten().flat_map(|facts| &facts.remarks);
        for (target, _) in remarks {
            if let Some(target) = self.known.ids.get(target) {
                step.attributes.add(*target);
            }
        }
        step.attributes.add(id);
    }

    fn replace_selections(&mut self, id: NodeId, old: Option<&Arc<Facts>>, new: Option<&Arc<Facts>>, step: &mut Step) {
        let none: &[Arc<Selection>] = &[];
        let before = old.map_or(none, |facts| &facts.selections);
        let after = new.map_or(none, |facts| &facts.selections);
        // A selection says in which namespaces it looks, so equal ones find the same.
        if before == after {
            // Equal, but other allocations: the index compares by pointer.
            for selection in before {
                self.known.select.unregister(id, selection);
            }
            for selection in after {
                self.known.select.register(id, selection);
            }
            return;
        }
        for selection in before {
            self.known.select.unregister(id, selection);
        }
        for selection in after {
            self.known.select.register(id, selection);
        }
        step.resolve.add(id);
        self.mark_others(id, step);
        self.mark_waiting(id, step);
        if !self.graph.left_out.is_empty() {
            // Whom it left out has no edge to be found by.
            step.selections.extend(before.iter().filter(|selection| !selection.at_selector).cloned());
        }
        step.selections.extend(after.iter().filter(|selection| !selection.at_selector).cloned());
    }

    /// Marks the objects whose edges to this one depend on what it says.
    fn mark_waiting(&self, id: NodeId, step: &mut Step) {
        let waiting = self.known.key(id).and_then(|key| self.known.wanted.get(key));
        waiting.into_iter().flatten().for_each(|other| step.resolve.add(*other));
    }

    fn replace_exports(
        &mut self,
        id: NodeId,
        key: &ResourceKey,
        old: Option<&Arc<Facts>>,
        new: Option<&Arc<Facts>>,
        step: &mut Step,
    ) {
        let supersedes = |facts: Option<&Arc<Facts>>| facts.map(|facts| facts.supersedes.clone()).unwrap_or_default();
        if old.is_some() != new.is_some() || supersedes(old) != supersedes(new) {
            for superseded in &supersedes(old) {
                if let Some(count) = self.known.superseded.get_mut(superseded) {
                    *count -= 1;
                    if *count == 0 {
                        self.known.superseded.remove(superseded);
                    }
                }
            }
            for superseded in supersedes(new) {
                *self.known.superseded.entry(superseded).or_default() += 1;
            }
            for superseded in supersedes(old).iter().chain(&supersedes(new)) {
                if let Some(superseded) = self.known.ids.get(superseded) {
                    step.resolve.add(*superseded);
                }
            }
        }
        let before = old.map_or(&[][..], |facts| facts.exports.as_slice());
        let after = new.map_or(&[][..], |facts| facts.exports.as_slice());
        if before == after {
            return;
        }
        if key.is("", "Endpoints") || key.is("discovery.k8s.io", "EndpointSlice") {
            // Readiness is told by the Service's caption; the edges follow from the links.
            self.each_far_end(id, |far| step.attributes.add(far));
        } else {
            self.mark_others(id, step);
            self.mark_waiting(id, step);
        }
        if let Some(namespace) = Export::concerns(key, before).or_else(|| Export::concerns(key, after)) {
            let grants = self.known.grants.entry(namespace.clone()).or_default();
            grants.retain(|grant| *grant != id);
            if Export::concerns(key, after).is_some() {
                grants.push(id);
            }
            if let Some(seekers) = self.known.grant_seekers.get_mut(&namespace) {
                // One that is gone must not stand for whatever has its place.
                seekers.retain(|seeker| self.graph.slot(*seeker).is_some());
                seekers.iter().for_each(|seeker| step.resolve.add(*seeker));
            }
        }
        for export in before {
            if let Export::Defines(kind) = export {
                self.known.definers.remove(kind.to_string().as_str());
            }
        }
        for export in after {
            if let Export::Defines(kind) = export {
                self.known.definers.insert(kind.to_string().into(), id);
            }
        }
    }

    fn register_uid(&mut self, id: NodeId, old: Option<Arc<str>>, new: Option<Arc<str>>) {
        if let Some(old) = old
            && self.known.uids.get(&old) == Some(&id)
        {
            self.known.uids.remove(&old);
        }
        if let Some(new) = new {
            self.known.uids.insert(new, id);
        }
    }

    fn count(&mut self, key: &ResourceKey, came: bool, step: &mut Step) {
        if let Some(definer) = self.known.definers.get(key.kind_prefix()) {
            step.attributes.add(*definer);
        }
        let workload = kinds::POD_SOURCES.contains(&(key.group(), key.kind()));
        let count = self.known.counts.entry(key.kind_prefix().into()).or_default();
        let before = *count;
        *count = if came { before + 1 } else { before.saturating_sub(1) };
        if workload && before.min(*count) == 0 {
            // In manifests, a Service that selects nothing is wrong only where there is something to select.
            let services = self.known.keys.iter().enumerate();
            let services = services.filter(|(_, key)| key.as_ref().is_some_and(|key| key.is("", "Service")));
            services.filter_map(|(at, _)| self.graph.id_at(at)).for_each(|id| step.attributes.add(id));
        }
    }

    /// Marks objects that selectors reach or reached, once all objects of the step are in.
    fn spread(&mut self, step: &mut Step) {
        for selection in std::mem::take(&mut step.selections) {
            for target in self.known.select.targets(&selection, None) {
                step.resolve.add(target);
            }
        }
        for (key, facts) in std::mem::take(&mut step.selectable) {
            let as_pod = is_pod_like(&key, &facts, self.known.pods_hidden);
            for (declarer, selection) in self.known.select.candidates(&key, &facts, as_pod) {
                if selection.at_selector {
                    step.resolve.add(*declarer);
                }
            }
        }
        for namespace in std::mem::take(&mut step.namespaces) {
            for (declarer, selection) in self.known.select.by_namespace_labels() {
                if selection.at_selector {
                    step.resolve.add(*declarer);
                }
                for target in self.known.select.targets(selection, Some(&namespace)) {
                    step.resolve.add(target);
                }
            }
        }
    }

    /// Marks the nodes that declare edges to this one.
    fn mark_others(&self, id: NodeId, step: &mut Step) {
        if let Some(slot) = self.graph.slot(id) {
            slot.others.iter().for_each(|other| step.resolve.add(other));
        }
    }

    fn each_far_end(&self, id: NodeId, mut visit: impl FnMut(NodeId)) {
        if let Some(slot) = self.graph.slot(id) {
            for edge in slot.declared.iter() {
                visit(if edge.from == id { edge.to } else { edge.from });
            }
        }
    }
}

impl Known {
    fn new(book: Arc<RuleBook>) -> Self {
        Self {
            book,
            listed: Listed::default(),
            pods_hidden: true,
            ids: FxHashMap::default(),
            keys: Vec::new(),
            in_order: false,
            facts: Vec::new(),
            uids: FxHashMap::default(),
            wanted: FxHashMap::default(),
            wants: Vec::new(),
            select: SelectIndex::default(),
            grants: FxHashMap::default(),
            grant_seekers: FxHashMap::default(),
            superseded: FxHashMap::default(),
            counts: FxHashMap::default(),
            definers: FxHashMap::default(),
        }
    }
}

/// Whether an object takes part in the selection of pods: pods do; a workload stands for its pods where it is a plain
/// manifest or where pods are out of sight.
fn is_pod_like(key: &ResourceKey, facts: &Facts, pods_hidden: bool) -> bool {
    key.is("", "Pod") || (facts.template.is_some() && (pods_hidden || facts.uid.is_none()))
}

/// Changed objects with their facts, none where they are gone; ordered by key.
fn read(changes: &[Change], book: &RuleBook) -> Vec<(ResourceKey, Option<Arc<Facts>>)> {
    // What stands together shares most of what it says.
    const STRETCH: usize = 512;
    let stretch = |changes: &[&Change]| -> Vec<_> {
        let pool = RefCell::new(Pool::default());
        let read = |change: &&Change| match change {
            Change::Upserted(object) => (object.key.clone(), Some(Arc::new(extract(object, book, &pool)))),
            Change::Removed(key) => (key.clone(), None),
        };
        changes.iter().map(read).collect()
    };
    let changes = last_of_each(changes);
    let read: Vec<Vec<_>> = changes.par_chunks(STRETCH).map(stretch).collect();
    read.into_iter().flatten().collect()
}

/// The last change of each object, ordered by key, without the kinds that are no nodes.
fn last_of_each(changes: &[Change]) -> Vec<&Change> {
    if changes.windows(2).all(|pair| pair[0].key() < pair[1].key()) {
        return changes.iter().filter(|change| !kinds::is_left_out(change.key())).collect();
    }
    let mut order: Vec<(usize, &Change)> =
        changes.iter().enumerate().filter(|(_, change)| !kinds::is_left_out(change.key())).collect();
    order.par_sort_unstable_by(|(a_at, a), (b_at, b)| a.key().cmp(b.key()).then(b_at.cmp(a_at)));
    order.dedup_by(|(_, later), (_, kept)| later.key() == kept.key());
    order.into_iter().map(|(_, change)| change).collect()
}

/// Iterates a hash set whose order does not matter, because the result is sorted.
#[allow(clippy::iter_over_hash_type)]
fn in_any_order(keys: &FxHashSet<ResourceKey>) -> impl Iterator<Item = &ResourceKey> {
    keys.iter()
}
