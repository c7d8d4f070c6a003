//! How two objects are connected.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use model::RelationClass;

use super::{EFFORT, Stop, far_end, is_station};
use crate::graph::{Edge, Graph, NodeId};

/// The ways between two objects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ways {
    /// The shortest ways, each the list of its edges from the start on.
    pub ways: Vec<Vec<Edge>>,
    /// Whether there are more of the same length.
    pub more: bool,
    /// Why there may be one though none is listed.
    pub stopped: Option<Stop>,
}

/// As many shared objects as a sentence can name.
const NAMED: usize = 3;

/// Steps, then relations: of two ways with as many steps the one with fewer stations is the shorter.
type Length = (u32, u32);

impl Graph {
    /// The shortest ways between two objects, at most `limit` of them and `depth` steps long, whatever way the edges
    /// point. Pods, ReplicaSets and EndpointSlices on the way cost no step; what many share is not passed through.
    pub fn paths(&self, start: NodeId, end: NodeId, depth: u32, limit: usize) -> Ways {
        if start == end {
            return Ways::default();
        }
        let mut lengths: BTreeMap<NodeId, Length> = BTreeMap::from([(start, (0, 0))]);
        let mut queue = BinaryHeap::from([Reverse(((0, 0), start))]);
        let (mut shared, mut cut, mut effort) = (Vec::new(), false, 0);
        while let Some(Reverse((length, at))) = queue.pop() {
            if at == end || effort > EFFORT {
                break;
            }
            if lengths.get(&at).is_some_and(|least| *least < length) {
                continue;
            }
            if at != start && self.is_shared(at) {
                shared.push(at);
                continue;
            }
            let there = self.beyond(start, at, length);
            for edge in self.touching(at).filter(|edge| edge.class != RelationClass::Member) {
                effort += 1;
                let least = lengths.entry(far_end(edge, at)).or_insert((u32::MAX, u32::MAX));
                if there >= *least {
                    continue;
                }
                if there.0 > depth {
                    cut = true;
                    continue;
                }
                *least = there;
                queue.push(Reverse((there, far_end(edge, at))));
            }
        }
        let mut ways = Vec::new();
        if lengths.get(&end).is_some_and(|length| length.0 <= depth) {
            // One more than asked for tells whether there are more.
            self.walk_back(start, end, &lengths, &mut Vec::new(), limit.saturating_add(1), &mut ways);
        }
        let more = ways.len() > limit;
        ways.truncate(limit);
        let stopped = if !ways.is_empty() {
            None
        } else if effort > EFFORT {
            Some(Stop::Effort(EFFORT))
        } else if cut {
            Some(Stop::Steps(depth))
        } else {
            shared.truncate(NAMED);
            (!shared.is_empty()).then_some(Stop::Shared(shared))
        };
        Ways { ways, more, stopped }
    }

    /// The length of a way that goes on from `at`.
    fn beyond(&self, start: NodeId, at: NodeId, (steps, relations): Length) -> Length {
        let is_free = at != start && is_station(&self.node(at).key);
        (if is_free { steps } else { steps + 1 }, relations + 1)
    }

    fn walk_back(
        &self,
        start: NodeId,
        at: NodeId,
        lengths: &BTreeMap<NodeId, Length>,
        tail: &mut Vec<Edge>,
        limit: usize,
        ways: &mut Vec<Vec<Edge>>,
    ) {
        if at == start {
            ways.push(tail.iter().rev().cloned().collect());
            return;
        }
        let Some(length) = lengths.get(&at) else { return };
        let leads_here = |far: NodeId| {
            let before = lengths.get(&far).filter(|before| before.1 != u32::MAX);
            before.is_some_and(|before| self.beyond(start, far, *before) == *length)
                && (far == start || !self.is_shared(far))
        };
        let mut edges: Vec<&Edge> = self
            .touching(at)
            .filter(|edge| edge.class != RelationClass::Member && leads_here(far_end(edge, at)))
            .collect();
        edges.sort_by_key(|edge| (self.node(far_end(edge, at)).key.clone(), edge.class, edge.relation));
        // Several relations between one pair are one way; the strongest class names it.
        edges.dedup_by_key(|edge| far_end(edge, at));
        for edge in edges {
            if ways.len() >= limit {
                return;
            }
            tail.push(edge.clone());
            self.walk_back(start, far_end(edge, at), lengths, tail, limit, ways);
            tail.pop();
        }
    }
}
