//! Writes resolved edges into the graph: ghosts come and go with the references to them.

use std::sync::Arc;

use model::{EdgeState, Health, ResourceKey};

use super::resolve::{Draft, Far, Resolved};
use super::{Engine, Step, Tally};
use crate::Labels;
use crate::graph::{Edge, EdgeTouch, LeftOut, Node, NodeId, Others, Presence, Since, Slot};
use crate::kinds;
use crate::rules::Counted;

impl Engine {
    /// An id for a key, with a node that is renewed later.
    pub(super) fn allocate(&mut self, key: ResourceKey, step: &mut Step) -> NodeId {
        let since = self.since();
        let node = without_attributes(key.clone());
        let slot = Arc::new(Slot { since, node, declared: Arc::default(), others: Others::default() });
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.known.keys.push(None);
                self.known.facts.push(None);
                self.known.wants.push(Box::default());
                self.troubles.grow();
                self.tallies.push(super::Tally::default());
                self.graph.slots.push_back(None);
                self.known.keys.len() - 1
            }
        };
        let id = NodeId::new(index, since);
        if let Some(place) = self.known.keys.get_mut(id.index()) {
            *place = Some(key.clone());
        }
        if let Some(tally) = self.tallies.get_mut(id.index()) {
            *tally = super::Tally::default();
        }
        if let Some(place) = self.graph.slots.get_mut(id.index()) {
            *place = Some(slot);
        }
        self.graph.by_key.insert(key.clone(), id);
        self.known.ids.insert(key.clone(), id);
        step.allocated.insert(key);
        step.attributes.add(id);
        step.apps.add(id);
        // Others may have come to want this key without having an edge to it.
        step.maybe_gone.push(id);
        id
    }

    /// What tells nodes of this step from those of others.
    pub(super) fn since(&self) -> Since {
        Since::revision(self.graph.revision + 1)
    }

    /// Writes what was resolved.
    pub(super) fn write(&mut self, mut resolved: Vec<(NodeId, Resolved)>, step: &mut Step) {
        share(resolved.iter_mut().map(|(_, resolved)| &mut resolved.left_out));
        for (id, resolved) in resolved {
            self.leave_out(id, resolved.left_out, step);
            self.want(id, resolved.wants);
            for namespace in resolved.seeks {
                let seekers = self.known.grant_seekers.entry(namespace).or_default();
                if !seekers.contains(&id) {
                    seekers.push(id);
                }
            }
            let mut edges = Vec::with_capacity(resolved.drafts.len());
            for draft in resolved.drafts {
                let far = match &draft.far {
                    Far::Node(far) => *far,
                    Far::Ghost(key) => match self.known.ids.get(key) {
                        Some(far) => *far,
                        None => self.allocate(key.clone(), step),
                    },
                };
                edges.push(draft.edge(id, far, self.known.state(far)));
            }
            self.declare(id, edges, step);
        }
    }

    /// Replaces what a node would declare beside its edges.
    fn leave_out(&mut self, id: NodeId, after: Option<Arc<LeftOut>>, step: &mut Step) {
        let before = self.graph.left_out.get(&id).cloned();
        if before == after {
            return;
        }
        for (left_out, came) in [(&before, false), (&after, true)] {
            let Some(left_out) = left_out else { continue };
            self.known.book.counted.tally_left_out(&mut self.tallies, left_out, came);
            left_out.far.iter().for_each(|(far, _)| step.attributes.add(*far));
        }
        match after {
            Some(after) => self.graph.left_out.insert(id, after),
            None => self.graph.left_out.remove(&id),
        };
        step.changed.extend(self.known.key(id).cloned());
    }

    /// Keeps the list of keys that the object waits for.
    fn want(&mut self, id: NodeId, wants: Vec<ResourceKey>) {
        let Some(place) = self.known.wants.get_mut(id.index()) else { return };
        if **place == *wants {
            return;
        }
        let before = std::mem::replace(place, wants.clone().into());
        for key in before {
            if let Some(list) = self.known.wanted.get_mut(&key) {
                list.retain(|other| *other != id);
                if list.is_empty() {
                    self.known.wanted.remove(&key);
                }
            }
        }
        for key in wants {
            self.known.wanted.entry(key).or_default().push(id);
        }
    }

    /// Replaces the edges that a node declares.
    fn declare(&mut self, id: NodeId, after: Vec<Edge>, step: &mut Step) {
        let Some(before) = self.graph.slot(id).map(|slot| slot.declared.clone()) else { return };
        if *before == *after {
            return;
        }
        let Some(key) = self.known.key(id).cloned() else { return };
        let far = |edge: &Edge| if edge.from == id { edge.to } else { edge.from };
        let mut former: Vec<NodeId> = before.iter().map(far).collect();
        let mut latter: Vec<NodeId> = after.iter().map(far).collect();
        for ends in [&mut former, &mut latter] {
            ends.sort_unstable();
            ends.dedup();
        }
        for gone in former.iter().filter(|far| latter.binary_search(far).is_err()) {
            self.with_slot(*gone, |slot| slot.others.remove(id, &key));
            step.maybe_gone.push(*gone);
        }
        for new in latter.iter().filter(|far| former.binary_search(far).is_err()) {
            if let Some(Some(slot)) = self.graph.slots.get_mut(new.index()) {
                Arc::make_mut(slot).others.insert(id, &self.known.keys);
            }
        }
        for edge in before.iter().filter(|edge| !after.contains(edge)) {
            self.known.book.counted.tally(&mut self.tallies, edge, false);
            self.touch(edge, step);
        }
        for edge in after.iter().filter(|edge| !before.contains(edge)) {
            self.known.book.counted.tally(&mut self.tallies, edge, true);
            self.touch(edge, step);
        }
        self.graph.edges = self.graph.edges + after.len() - before.len();
        self.with_slot(id, |slot| slot.declared = after.into());
        step.lineage.add(id);
        step.apps.add(id);
    }

    fn touch(&self, edge: &Edge, step: &mut Step) {
        step.attributes.add(edge.from);
        step.attributes.add(edge.to);
        if let (Some(from), Some(to)) = (self.known.key(edge.from), self.known.key(edge.to)) {
            step.delta.edges.push(EdgeTouch { from: from.clone(), to: to.clone(), relation: edge.relation });
        }
    }

    pub(super) fn with_slot(&mut self, id: NodeId, change: impl FnOnce(&mut Slot)) {
        if let Some(Some(slot)) = self.graph.slots.get_mut(id.index()) {
            change(Arc::make_mut(slot));
        }
    }

    /// Frees the nodes that no object and no edge needs any longer.
    pub(super) fn sweep(&mut self, step: &mut Step) {
        for id in std::mem::take(&mut step.maybe_gone) {
            let needed = self.graph.slot(id).is_none_or(|slot| !slot.others.is_empty());
            if needed || self.known.facts(id).is_some() {
                continue;
            }
            let Some(key) = self.known.keys.get_mut(id.index()).and_then(Option::take) else { continue };
            if let Some(place) = self.graph.slots.get_mut(id.index()) {
                *place = None;
            }
            self.graph.by_key.remove(&key);
            self.known.ids.remove(&key);
            self.free.push(id.index());
            if !step.allocated.remove(&key) {
                step.freed.insert(key);
            }
        }
    }
}

impl super::Known {
    pub(super) fn state(&self, far: NodeId) -> EdgeState {
        match self.presence(far) {
            Presence::Present | Presence::External => EdgeState::Resolved,
            Presence::Missing => EdgeState::Missing,
            Presence::Unknown | Presence::Withheld => EdgeState::Unknown,
        }
    }

    /// Whether the object is held from a time when the account might list it: how it is now is not known.
    pub(super) fn is_withheld(&self, id: NodeId) -> bool {
        self.facts(id).is_some() && self.key(id).is_some_and(|key| self.listed.withholds(key))
    }

    pub(super) fn presence(&self, id: NodeId) -> Presence {
        if self.facts(id).is_some() {
            return if self.is_withheld(id) { Presence::Withheld } else { Presence::Present };
        }
        match self.key(id) {
            Some(key) if key.is_external() => Presence::External,
            // Manifests leave to Kubernetes what it makes itself.
            Some(key) if self.uids.is_empty() && kinds::comes_with_kubernetes(key) => Presence::Unknown,
            Some(key) if self.listed.has(key) => Presence::Missing,
            _ => Presence::Unknown,
        }
    }
}

impl Draft {
    /// The edge between the object that declares it and the far end.
    pub(super) fn edge(self, id: NodeId, far: NodeId, state: EdgeState) -> Edge {
        let (from, to) = if self.outgoing { (id, far) } else { (far, id) };
        Edge {
            from,
            to,
            relation: self.relation,
            class: self.class,
            state,
            fields: self.fields,
            label: self.label,
            optional: self.optional,
            inferred: self.inferred,
            permitted: self.permitted,
        }
    }
}

impl Counted {
    /// Counts what was or is left out as the edges that it would be.
    pub(super) fn tally_left_out(self, tallies: &mut [Tally], left_out: &LeftOut, came: bool) {
        for (far, _) in left_out.far.iter().filter(|(_, relation)| Some(*relation) == self.selected) {
            if let Some(tally) = tallies.get_mut(far.index()) {
                tally.selected = if came { tally.selected + 1 } else { tally.selected.saturating_sub(1) };
            }
        }
    }

    /// Counts an edge that came or went, where a caption tells the number.
    pub(super) fn tally(self, tallies: &mut [Tally], edge: &Edge, came: bool) {
        let relation = Some(edge.relation);
        let end = if relation == self.selected { edge.from } else { edge.to };
        let Some(tally) = tallies.get_mut(end.index()) else { return };
        let count = if relation == self.selected {
            &mut tally.selected
        } else if relation == self.hosted {
            &mut tally.hosted
        } else if relation == self.bound {
            &mut tally.bound
        } else {
            return;
        };
        *count = if came { *count + 1 } else { count.saturating_sub(1) };
    }
}

/// Makes one of equal lists that follow each other: objects that thousands of selectors match are matched by the same.
pub(super) fn share<'a>(all: impl Iterator<Item = &'a mut Option<Arc<LeftOut>>>) {
    let mut last: Option<Arc<LeftOut>> = None;
    for left_out in all.filter(|left_out| left_out.is_some()) {
        if *left_out == last {
            left_out.clone_from(&last);
        } else {
            last.clone_from(left_out);
        }
    }
}

pub(super) fn without_attributes(key: ResourceKey) -> Node {
    Node {
        key,
        version: Arc::default(),
        presence: Presence::Unknown,
        status: Arc::default(),
        caption: Arc::default(),
        note: None,
        health: Health::Unknown,
        app: None,
        labels: Labels::default(),
        controller: None,
        ready: None,
    }
}
