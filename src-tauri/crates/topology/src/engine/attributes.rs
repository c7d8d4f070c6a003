//! Gives nodes their attributes: what the object says of itself, seen together with its edges and the pods below it.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{EdgeState, Health, RelationClass};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Engine, Step};
use crate::facts::Facts;
use crate::graph::{Edge, Node, NodeId, Presence, Slot};
use crate::links::Export;
use crate::{LabelSelector, Labels};

/// How far owners are followed. Real chains have four links; a loop of wrong references ends here.
const DEPTH: usize = 8;

/// Pods in trouble and the owners above them.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    above: FxHashMap<NodeId, Vec<NodeId>>,
    below: FxHashMap<NodeId, BTreeSet<NodeId>>,
    /// By node.
    controllers: Vec<Option<NodeId>>,
    /// By node.
    apps: Vec<Option<Arc<str>>>,
}

impl Troubles {
    /// Makes room for one more node.
    pub(super) fn grow(&mut self) {
        self.controllers.push(None);
        self.apps.push(None);
    }

    fn controller(&self, id: NodeId) -> Option<NodeId> {
        self.controllers.get(id.index()).copied().flatten()
    }

    fn app(&self, id: NodeId) -> Option<&Arc<str>> {
        self.apps.get(id.index()).and_then(Option::as_ref)
    }
}

impl Engine {
    /// Follows controllers anew where they changed, and takes troubles and applications along.
    pub(super) fn trace(&mut self, step: &mut Step) {
        let marked = step.lineage.take();
        let mut pods = BTreeSet::new();
        for id in marked {
            let controller = self.find_controller(id);
            let Some(place) = self.troubles.controllers.get_mut(id.index()) else { continue };
            let before = std::mem::replace(place, controller);
            if before != controller {
                step.apps.add(id);
                step.attributes.add(id);
                pods.extend(self.troubles.below.get(&id).into_iter().flatten().copied());
            }
            pods.insert(id);
        }
        for pod in pods {
            self.trace_pod(pod, step);
        }
        self.trace_apps(step);
    }

    /// The same for every node of a graph that was empty.
    pub(super) fn trace_all(&mut self) {
        let count = self.known.keys.len();
        let since = self.since();
        let ids = || (0..count).into_par_iter().with_min_len(512).map(|at| NodeId::new(at, since));
        self.troubles = Troubles::default();
        self.troubles.controllers = ids().map(|id| self.find_controller(id)).collect();
        self.troubles.apps = ids().map(|id| self.inherited_app(id)).collect();
        let pods = ids().filter(|id| self.is_troubled(*id));
        for pod in pods.collect::<Vec<_>>() {
            let above = self.controllers_above(pod);
            for ancestor in &above {
                self.troubles.below.entry(*ancestor).or_default().insert(pod);
            }
            if !above.is_empty() {
                self.troubles.above.insert(pod, above);
            }
        }
    }

    fn find_controller(&self, id: NodeId) -> Option<NodeId> {
        let facts = self.known.facts(id)?;
        let controller = facts.controller.as_ref()?;
        let declared = self.graph.slot(id)?.declared.iter();
        let mut owners =
            declared.filter(|edge| edge.to == id && edge.class == RelationClass::Owns).map(|edge| edge.from);
        owners.find(|owner| {
            let key = self.known.key(*owner);
            key.is_some_and(|key| key.has_kind_of(controller) && key.name() == controller.name())
        })
    }

    fn trace_pod(&mut self, pod: NodeId, step: &mut Step) {
        let above = if self.is_troubled(pod) { self.controllers_above(pod) } else { Vec::new() };
        let before = self.troubles.above.remove(&pod).unwrap_or_default();
        for ancestor in before.iter().chain(&above) {
            step.attributes.add(*ancestor);
        }
        for ancestor in before {
            if let Some(below) = self.troubles.below.get_mut(&ancestor) {
                below.remove(&pod);
                if below.is_empty() {
                    self.troubles.below.remove(&ancestor);
                }
            }
        }
        for ancestor in &above {
            self.troubles.below.entry(*ancestor).or_default().insert(pod);
        }
        if !above.is_empty() {
            self.troubles.above.insert(pod, above);
        }
    }

    /// Whether the object is in trouble, as far as that is known.
    fn is_troubled(&self, id: NodeId) -> bool {
        self.known.facts(id).is_some_and(|facts| facts.appraisal.trouble.is_some()) && !self.known.is_withheld(id)
    }

    fn controllers_above(&self, pod: NodeId) -> Vec<NodeId> {
        let mut above = Vec::new();
        let mut at = pod;
        while let Some(controller) = self.troubles.controller(at) {
            if above.len() >= DEPTH || above.contains(&controller) || controller == pod {
                break;
            }
            above.push(controller);
            at = controller;
        }
        above
    }

    /// The application of a node by its own labels or its controllers'.
    fn trace_apps(&mut self, step: &mut Step) {
        let mut queue = step.apps.take();
        let mut rounds = 0;
        while !queue.is_empty() && rounds <= DEPTH {
            rounds += 1;
            let mut next = Vec::new();
            for id in queue {
                let app = self.inherited_app(id);
                let Some(place) = self.troubles.apps.get_mut(id.index()) else { continue };
                let before = std::mem::replace(place, app.clone());
                step.attributes.add(id);
                if before == app {
                    continue;
                }
                let Some(slot) = self.graph.slot(id) else { continue };
                for edge in slot.declared.iter() {
                    step.attributes.add(if edge.from == id { edge.to } else { edge.from });
                }
                for other in slot.others.iter() {
                    step.attributes.add(other);
                    if self.troubles.controller(other) == Some(id) {
                        next.push(other);
                    }
                }
            }
            queue = next;
        }
    }

    fn inherited_app(&self, id: NodeId) -> Option<Arc<str>> {
        let mut at = id;
        for _ in 0..DEPTH {
            let facts = self.known.facts(at)?;
            if facts.app.is_some() {
                return facts.app.clone();
            }
            at = self.troubles.controller(at)?;
        }
        None
    }

    /// Computes the attributes of every marked node and writes those that changed.
    pub(super) fn refresh_attributes(&mut self, step: &mut Step) {
        let marked = step.attributes.take();
        let engine: &Self = self;
        let renewed: Vec<(NodeId, Node)> = marked
            .into_par_iter()
            .with_min_len(64)
            .filter_map(|id| {
                let slot = engine.graph.slot(id)?;
                let node = engine.node(id, slot);
                (node != slot.node).then_some((id, node))
            })
            .collect();
        for (id, node) in renewed {
            step.changed.insert(node.key.clone());
            self.with_slot(id, |slot| slot.node = node);
        }
    }

    /// Dresses every node of a graph that was empty.
    pub(super) fn dress_all(&mut self) {
        let engine: &Self = self;
        let ids = (0..engine.graph.slots.len()).into_par_iter().with_min_len(512);
        let renewed: Vec<Option<Node>> = ids
            .map(|at| {
                let id = engine.graph.id_at(at)?;
                Some(engine.node(id, engine.graph.slot(id)?))
            })
            .collect();
        for (slot, node) in self.graph.slots.iter_mut().zip(renewed) {
            if let (Some(slot), Some(node)) = (slot, node) {
                Arc::make_mut(slot).node = node;
            }
        }
    }

    fn node(&self, id: NodeId, slot: &Slot) -> Node {
        let key = slot.node.key.clone();
        let controller = self.troubles.controller(id);
        let app = self.troubles.app(id).cloned().or_else(|| self.neighbours_app(id, slot));
        let Some(facts) = self.known.facts(id) else {
            let presence = self.known.presence(id);
            let (health, caption): (Health, Arc<str>) = match presence {
                // Whoever names it does without it.
                Presence::Missing if self.graph.touching(id).all(|edge| edge.optional) => {
                    (Health::Neutral, "optional, not in this cluster".into())
                }
                Presence::Missing | Presence::Present | Presence::Withheld => {
                    (Health::Missing, "not in this cluster".into())
                }
                Presence::Unknown => (Health::Unknown, self.known.listed.why_unknown(&key)),
                Presence::External => (Health::Neutral, Arc::default()),
            };
            return Node {
                key,
                version: Arc::default(),
                presence,
                status: Arc::default(),
                caption,
                note: None,
                health,
                app,
                labels: Labels::default(),
                controller: None,
                ready: None,
            };
        };
        if self.known.is_withheld(id) {
            let was = &facts.appraisal.status;
            let was = if was.is_empty() { String::new() } else { format!(" · was {was}") };
            return Node {
                key,
                version: facts.version.clone(),
                presence: Presence::Withheld,
                status: Arc::default(),
                caption: format!("may not be listed any more{was}").into(),
                note: None,
                health: Health::Unknown,
                app,
                labels: facts.labels.clone(),
                controller,
                ready: None,
            };
        }
        let mut node = Node {
            key,
            version: facts.version.clone(),
            presence: Presence::Present,
            status: facts.appraisal.status.clone(),
            caption: facts.appraisal.caption.clone(),
            note: facts.appraisal.trouble.clone(),
            health: facts.appraisal.health,
            app,
            labels: facts.labels.clone(),
            controller,
            ready: facts.appraisal.ready,
        };
        self.in_context(id, facts, &mut node);
        self.add_troubles(id, &mut node);
        self.add_remarks(slot, &mut node);
        self.add_broken(slot, id, &mut node);
        node
    }

    /// One hop: the application that all neighbours with one agree on. A Service goes with what it selects, whoever calls it.
    fn neighbours_app(&self, id: NodeId, slot: &Slot) -> Option<Arc<str>> {
        let namespace = slot.node.key.namespace();
        if namespace.is_empty() {
            return None;
        }
        let selection = self.known.book.counted.selected;
        let selects = |edge: &&Edge| edge.from == id && Some(edge.relation) == selection;
        let is_near = |edge: &&Edge| edge.class != RelationClass::Member;
        self.agreed_app(id, namespace, self.graph.touching(id).filter(selects))
            .or_else(|| self.agreed_app(id, namespace, self.graph.touching(id).filter(is_near)))
    }

    /// The application that the far ends of these edges agree on, as far as they lie in the namespace and have one.
    fn agreed_app<'a>(&self, id: NodeId, namespace: &str, edges: impl Iterator<Item = &'a Edge>) -> Option<Arc<str>> {
        let mut found: Option<&Arc<str>> = None;
        for edge in edges {
            let far = if edge.from == id { edge.to } else { edge.from };
            let here = || self.known.key(far).is_some_and(|key| key.namespace() == namespace);
            let Some(app) = self.troubles.app(far).filter(|_| here()) else { continue };
            match found {
                Some(other) if other != app => return None,
                _ => found = Some(app),
            }
        }
        found.cloned()
    }

    fn in_context(&self, id: NodeId, facts: &Facts, node: &mut Node) {
        let tally = self.tallies.get(id.index()).copied().unwrap_or_default();
        match (node.key.group(), node.key.kind()) {
            ("", "Service") => self.service(id, tally.selected, facts, node),
            ("", "Node") if tally.hosted > 0 => {
                node.caption = format!("{} · {}", node.caption, plural(tally.hosted, "pod", "pods")).into();
            }
            ("", "ServiceAccount") if tally.bound > 0 => {
                node.caption = plural(tally.bound, "binding", "bindings").into();
            }
            ("apiextensions.k8s.io", "CustomResourceDefinition") => {
                let defined = facts.exports.iter().find_map(|export| match export {
                    Export::Defines(kind) => self.known.counts.get(kind.to_string().as_str()),
                    _ => None,
                });
                if node.health == Health::Ok || node.health == Health::Neutral {
                    node.caption = plural(defined.copied().unwrap_or(0), "object", "objects").into();
                }
            }
            _ => {}
        }
    }

    /// Endpoints of a Service: what its slices say, or the pods that it selects.
    fn service(&self, id: NodeId, selected: u32, facts: &Facts, node: &mut Node) {
        // Its own appraisal leaves the count to us where it has a selector.
        let selects = !facts.selections.is_empty();
        let kind = facts.appraisal.caption.clone();
        let slot = self.graph.slot(id);
        let mut told: Option<(u32, u32)> = None;
        for other in slot.into_iter().flat_map(|slot| slot.others.iter()) {
            let Some(other) = self.known.facts(other) else { continue };
            for export in &other.exports {
                if let Export::Endpoints { ready, total } = export {
                    let (sum_ready, sum_total) = told.unwrap_or((0, 0));
                    told = Some((sum_ready + ready, sum_total + total));
                }
            }
        }
        let pods_listed = self.known.listed.has_pods(node.key.namespace());
        match told {
            _ if selects && selected == 0 && told.is_none_or(|(_, total)| total == 0) => {
                if !pods_listed && (facts.uid.is_some() || !self.has_workloads()) {
                    return;
                }
                if facts.uid.is_none()
                    && facts.selections.iter().any(|selection| names_pods_of_operator(&selection.selector))
                {
                    node.caption = "pods of an operator, not in this source".into();
                    node.health = Health::Unknown;
                    return;
                }
                let what = if pods_listed { "selector matches no pod" } else { "selector matches nothing" };
                node.caption = what.into();
                node.health = Health::Degraded;
                node.ready = Some((0, 0));
            }
            // Pods without an address, as those that wait for a node, are in no slice at all.
            Some((0, total)) if total > 0 || selects => {
                node.caption = format!("{kind} · no ready endpoint").into();
                node.health = Health::Degraded;
                node.ready = Some((0, total));
            }
            Some((ready, total)) => {
                node.caption = format!("{kind} · {}", plural(ready, "endpoint", "endpoints")).into();
                node.health = if total > 0 { Health::Ok } else { node.health };
                node.ready = Some((ready, total));
            }
            None => {}
        }
    }

    /// Whether the source holds anything that a Service could select.
    fn has_workloads(&self) -> bool {
        crate::kinds::POD_SOURCES.iter().any(|(group, kind)| {
            self.known
                .counts
                .get(model::GroupKind::new(group, kind).to_string().as_str())
                .is_some_and(|count| *count > 0)
        })
    }

    /// The trouble of the pods below: the most frequent of the worst words, and what it means for the owner.
    fn add_troubles(&self, id: NodeId, node: &mut Node) {
        let Some(below) = self.troubles.below.get(&id) else { return };
        let mut words: Vec<(Health, &Arc<str>)> = below
            .iter()
            .filter_map(|pod| {
                let appraisal = &self.known.facts(*pod)?.appraisal;
                Some((appraisal.health, appraisal.trouble.as_ref()?))
            })
            .collect();
        words.sort_unstable();
        let Some((worst, _)) = words.first().copied() else { return };
        let mut best: Option<(usize, &Arc<str>)> = None;
        for group in words.chunk_by(|a, b| a == b) {
            let Some((health, word)) = group.first() else { continue };
            if *health == worst && best.is_none_or(|(count, _)| group.len() > count) {
                best = Some((group.len(), word));
            }
        }
        if node.note.is_none() {
            node.note = best.map(|(_, word)| word.clone());
        }
        if matches!(node.health, Health::Completed | Health::Neutral) {
            return;
        }
        let felt = match node.ready {
            // Part of it works.
            Some((ready, _)) if ready > 0 => worst.max(Health::Degraded),
            _ => worst,
        };
        node.health = node.health.min(felt);
    }

    /// What pods that could not start say of this object.
    fn add_remarks(&self, slot: &Slot, node: &mut Node) {
        let said = slot.others.iter().filter(|other| !self.known.is_withheld(*other));
        let others = said.filter_map(|other| self.known.facts(other));
        let remarks = others.flat_map(|facts| &facts.remarks).filter(|(target, _)| *target == node.key);
        if let Some((_, remark)) = remarks.min_by(|(_, a), (_, b)| a.cmp(b)) {
            node.caption = remark.clone();
            node.health = node.health.min(Health::Failing);
        }
    }

    /// What missing targets mean for the object that names them.
    fn add_broken(&self, slot: &Slot, id: NodeId, node: &mut Node) {
        if node.health == Health::Completed {
            return;
        }
        let missing = |edge: &&Edge| edge.from == id && edge.state == EdgeState::Missing && !edge.optional;
        let broken = slot.declared.iter().filter(missing).filter_map(|edge| {
            let broken = self.known.book.rule(edge.relation).broken.as_ref()?;
            Some((broken.health, edge.relation, edge.to, broken))
        });
        // Of several broken references the worst speaks, then the first rule of the table; drafts are ordered by key.
        if let Some((health, _, to, broken)) = broken.min_by_key(|(health, relation, ..)| (*health, *relation)) {
            let target = self.known.key(to);
            let (kind, name) = target.map_or(("", ""), |key| (key.kind(), key.name()));
            if health < node.health || node.health == Health::Neutral || node.note.is_none() {
                node.caption = broken.caption.replace("{kind}", kind).replace("{name}", name).into();
            }
            node.health = node.health.min(health);
        }
    }
}

/// Whether a selector names pods that an operator makes of its own resources, which no manifest holds.
fn names_pods_of_operator(selector: &LabelSelector) -> bool {
    const NAMES: [&str; 8] = [
        "alertmanager",
        "elasticsearch",
        "grafana",
        "kafka",
        "prometheus",
        "prometheus-agent",
        "thanos-ruler",
        "zookeeper",
    ];
    selector.required().any(|(label, value)| match label.split_once('/') {
        Some(("app.kubernetes.io", "name")) => NAMES.contains(&value),
        // Labels of Kubernetes and Helm are anybody's; those of another domain are put there by its programs.
        Some((domain, _)) => !domain.ends_with("kubernetes.io") && !domain.ends_with("k8s.io") && domain != "helm.sh",
        None => matches!(label, "alertmanager" | "prometheus"),
    })
}

fn plural(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
