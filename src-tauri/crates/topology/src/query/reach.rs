//! What is around an object, what needs it, and what it needs.

use std::collections::{BTreeMap, VecDeque};

use model::RelationClass;

use super::{EFFORT, Stop, far_end, is_station};
use crate::graph::{Edge, Graph, NodeId};
use crate::kinds;

/// A node at a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub node: NodeId,
    /// Steps from the start.
    pub distance: u32,
}

/// What a search reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Nearest first, then by key; without the start.
    pub objects: Vec<Reached>,
    /// Why there may be more; none where this is all.
    pub stopped: Option<Stop>,
}

/// How a search goes on from where it is. It never turns: what hangs on an owner beside what was asked about is another
/// matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Leg {
    /// Everything around.
    Around,
    /// To what it needs; from there on also up.
    Needs,
    /// To its owner, and that one's: they keep it in being, but what else they need or own is theirs.
    Up,
    /// To the owners of a pod. What their template calls, the pod calls: the edge stands at the template alone.
    Template,
    /// To what it owns and what that owns; from there on also to those who need it.
    Down,
    /// To what a workload runs, which needs what the template names; from there on also to those who need it.
    Runs,
    /// To those who need it.
    NeededBy,
    /// No further.
    End,
}

impl Graph {
    /// Objects within `depth` steps, the start included, nearest first, then by key. Containment is not followed, and
    /// what many share (nodes, classes, other cluster-scoped objects) is reached but not passed through: two pods have
    /// nothing to do with each other because they run on one node.
    pub fn focus(&self, start: NodeId, depth: u32) -> Vec<Reached> {
        self.search(start, depth, Leg::Around).0
    }

    /// Objects that would feel it if this one went: those that it owns or contains, those that refer to it or to one of
    /// them, what those run, and so on to the end; a workload needs its pods.
    ///
    /// Leaving a pod, a ReplicaSet or an EndpointSlice costs no step, nor does going from a workload to what it runs.
    pub fn dependants(&self, start: NodeId) -> Reach {
        self.reach(start, Leg::Down)
    }

    /// Objects that this one needs: what it refers to, selects or routes to, and what those need, to the end; its owners;
    /// what governs it; and what it lies in.
    pub fn dependencies(&self, start: NodeId) -> Reach {
        self.reach(start, Leg::Needs)
    }

    fn reach(&self, start: NodeId, leg: Leg) -> Reach {
        let (mut objects, stopped) = self.search(start, u32::MAX, leg);
        objects.retain(|reached| reached.node != start);
        Reach { objects, stopped }
    }

    fn search(&self, start: NodeId, depth: u32, leg: Leg) -> (Vec<Reached>, Option<Stop>) {
        let mut seen: BTreeMap<(NodeId, Leg), u32> = BTreeMap::from([((start, leg), 0)]);
        // Nearest first: what costs no step goes to the front.
        let mut queue = VecDeque::from([(start, leg, 0)]);
        let mut distance: BTreeMap<NodeId, u32> = BTreeMap::new();
        let mut effort = 0;
        while let Some((at, leg, steps)) = queue.pop_front() {
            if seen.get(&(at, leg)).is_some_and(|least| *least < steps) {
                continue;
            }
            distance.entry(at).or_insert(steps);
            let shared = leg == Leg::Around && at != start && self.is_shared(at);
            if steps >= depth || shared || effort > EFFORT {
                continue;
            }
            let is_counted = leg == Leg::Around || at == start;
            let leaves_station = is_station(&self.node(at).key);
            for edge in self.touching(at) {
                effort += 1;
                let Some(next) = self.next(edge, at, at == start, leg) else { continue };
                let far = far_end(edge, at);
                // What a workload runs is as far away as the workload.
                let is_run = || edge.class == RelationClass::Owns && far == edge.to && is_station(&self.node(far).key);
                let is_free = !is_counted && (leaves_station || is_run());
                let there = if is_free { steps } else { steps + 1 };
                let least = seen.entry((far, next)).or_insert(u32::MAX);
                if there < *least {
                    *least = there;
                    if is_free { queue.push_front((far, next, there)) } else { queue.push_back((far, next, there)) }
                }
            }
        }
        let mut reached: Vec<Reached> =
            distance.into_iter().map(|(node, distance)| Reached { node, distance }).collect();
        reached.sort_by(|a, b| {
            a.distance.cmp(&b.distance).then_with(|| self.node(a.node).key.cmp(&self.node(b.node).key))
        });
        (reached, (effort > EFFORT).then_some(Stop::Effort(EFFORT)))
    }

    /// How a search goes on beyond an edge; none where it does not follow it.
    fn next(&self, edge: &Edge, at: NodeId, is_start: bool, leg: Leg) -> Option<Leg> {
        use RelationClass::{Governs, Member, Owns, Refers, Routes, Selects};
        let outgoing = edge.from == at;
        let is_pod = || self.node(at).key.is("", "Pod");
        match (leg, edge.class, outgoing) {
            (Leg::Around, Member, _) => (is_start && outgoing).then_some(Leg::Around),
            (Leg::Around, ..) => Some(Leg::Around),
            (Leg::Needs, Refers | Routes | Selects, true) | (Leg::Template, Routes, true) => Some(Leg::Needs),
            (Leg::Needs, Owns, false) => Some(if is_pod() { Leg::Template } else { Leg::Up }),
            (Leg::Template, Owns, false) => Some(Leg::Template),
            (Leg::Up, Owns, false) => Some(Leg::Up),
            (Leg::Needs, Governs, false) => Some(Leg::End),
            // A policy chooses pods; who reads what it does asks for their workloads.
            (Leg::Down, Governs, true) => Some(Leg::Up),
            // What lies in a namespace goes with it; of what is needed, only the start is said to lie somewhere.
            (Leg::Needs, Member, false) => is_start.then_some(Leg::End),
            (Leg::Down, Member | Owns, true) => Some(Leg::Down),
            (Leg::Runs, Owns, true) => self.is_run(edge.to).then_some(Leg::Runs),
            (Leg::Down | Leg::Runs | Leg::NeededBy, Refers | Routes | Selects, false) => {
                // What the template names, everything made from it needs.
                let key = &self.node(edge.from).key;
                let has_template = kinds::WORKLOADS.contains(&(key.group(), key.kind())) && edge.class != Selects;
                Some(if has_template { Leg::Runs } else { Leg::NeededBy })
            }
            // A run that is over is nothing its CronJob needs.
            (Leg::Down | Leg::Runs | Leg::NeededBy, Owns, false) => {
                let key = &self.node(at).key;
                (key.is("", "Pod") || key.is("apps", "ReplicaSet")).then_some(Leg::NeededBy)
            }
            _ => None,
        }
    }

    fn is_run(&self, id: NodeId) -> bool {
        let key = &self.node(id).key;
        kinds::POD_SOURCES.contains(&(key.group(), key.kind()))
    }
}
