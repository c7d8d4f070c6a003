//! The first filling of an empty graph, everything at once: what marks and one-by-one updates would only delay.
//!
//! Objects come ordered by key and are placed in that order, so that whatever is gathered in the order of places is
//! in the order of keys as well. The result is the one that single changes would lead to; the property test holds them
//! against each other.

use std::sync::Arc;

use model::{Coverage, EdgeState, ResourceKey};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::resolve::{Draft, Far, Resolved};
use super::write::{share, without_attributes};
use super::{Engine, Known, Tally, is_pod_like};
use crate::facts::Facts;
use crate::graph::{Edge, GraphDelta, LeftOut, NodeId, Others, Since, Slot};
use crate::links::Export;

/// Nodes that one task takes at a time.
const STRETCH: usize = 512;

/// What one object adds to the graph.
struct Declared {
    edges: Arc<[Edge]>,
    /// Far ends, each once.
    ends: Vec<NodeId>,
    wants: Vec<ResourceKey>,
    seeks: Vec<Arc<str>>,
    left_out: Option<Arc<LeftOut>>,
}

impl Engine {
    /// Fills the graph. What was left of an earlier one that became empty is forgotten.
    pub(super) fn build(
        &mut self,
        extracted: Vec<(ResourceKey, Option<Arc<Facts>>)>,
        coverage: &Coverage,
    ) -> GraphDelta {
        self.free.clear();
        self.cover(coverage);
        let all = Filling(self.since());
        self.known.fill(all, extracted);

        let known = &self.known;
        let count = known.keys.len();
        let resolved: Vec<Vec<Resolved>> = (0..count.div_ceil(STRETCH))
            .into_par_iter()
            .map(|stretch| {
                let mut stretch: Vec<Resolved> = all.stretch(stretch, count).map(|id| known.resolve(id)).collect();
                share(stretch.iter_mut().map(|resolved| &mut resolved.left_out));
                stretch
            })
            .collect();
        self.known.in_order = false;
        self.known.add_ghosts(all, &resolved);

        let known = &self.known;
        let count = known.keys.len();
        let states: Vec<EdgeState> =
            (0..count).into_par_iter().with_min_len(STRETCH).map(|at| known.state(all.id(at))).collect();
        let declared: Vec<Vec<Declared>> = resolved
            .into_par_iter()
            .enumerate()
            .map(|(stretch, list)| {
                let ids = all.stretch(stretch, count);
                ids.zip(list).map(|(id, resolved)| known.declare(id, resolved, &states)).collect()
            })
            .collect();
        let mut declared: Vec<Declared> = declared.into_iter().flatten().collect();

        self.tallies = known.tallies(&declared);
        let left_out = declared.iter_mut().map(|declared| declared.left_out.take()).enumerate();
        self.graph.left_out = left_out.filter_map(|(at, left_out)| Some((all.id(at), left_out?))).collect();
        for left_out in self.graph.left_out.values() {
            known.book.counted.tally_left_out(&mut self.tallies, left_out, true);
        }
        let (others, by_key) = rayon::join(|| gather(all, &declared, &known.keys), || by_key(all, &known.keys));
        self.known.remember(all, &mut declared);
        self.graph.edges = declared.iter().map(|declared| declared.edges.len()).sum();
        self.graph.by_key = by_key;
        let edges = declared.into_iter().map(|declared| declared.edges).chain(std::iter::repeat_with(Arc::default));
        let keys = self.known.keys.iter().flatten();
        self.graph.slots = keys
            .zip(edges)
            .zip(others)
            .map(|((key, declared), others)| {
                let (since, node) = (all.0, without_attributes(key.clone()));
                Some(Arc::new(Slot { since, node, declared, others }))
            })
            .collect();

        self.trace_all();
        self.dress_all();
        let delta =
            GraphDelta { rebuilt: true, added: self.graph.by_key.keys().cloned().collect(), ..GraphDelta::default() };
        self.finish(delta)
    }
}

/// The ids of nodes that come together, by their places.
#[derive(Clone, Copy)]
struct Filling(Since);

impl Filling {
    fn id(self, at: usize) -> NodeId {
        NodeId::new(at, self.0)
    }

    /// Those that one task takes.
    fn stretch(self, which: usize, count: usize) -> impl Iterator<Item = NodeId> {
        let from = which * STRETCH;
        (from..count.min(from + STRETCH)).map(move |at| self.id(at))
    }
}

fn kind(key: &Option<ResourceKey>) -> &str {
    key.as_ref().map_or("", ResourceKey::kind_prefix)
}

fn by_key(all: Filling, keys: &[Option<ResourceKey>]) -> imbl::OrdMap<ResourceKey, NodeId> {
    // Objects are in order already; those that are only referred to follow, in order among themselves.
    let mut order: Vec<(&ResourceKey, NodeId)> =
        keys.iter().enumerate().filter_map(|(at, key)| Some((key.as_ref()?, all.id(at)))).collect();
    order.sort();
    order.into_iter().map(|(key, id)| (key.clone(), id)).collect()
}

/// By node, the nodes whose edges touch it. Those are visited in the order of their places, hence of their keys.
fn gather(all: Filling, declared: &[Declared], keys: &[Option<ResourceKey>]) -> Vec<Others> {
    let mut ends = vec![0_u32; keys.len() + 1];
    for end in declared.iter().flat_map(|declared| &declared.ends) {
        ends[end.index() + 1] += 1;
    }
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let starts = ends.clone();
    let mut gathered = vec![all.id(0); declared.iter().map(|declared| declared.ends.len()).sum()];
    for (at, declared) in declared.iter().enumerate() {
        for end in &declared.ends {
            let place = &mut ends[end.index()];
            gathered[*place as usize] = all.id(at);
            *place += 1;
        }
    }
    starts
        .par_windows(2)
        .with_min_len(STRETCH)
        .map(|range| Others::from_ordered(&gathered[range[0] as usize..range[1] as usize], keys))
        .collect()
}

impl Known {
    /// Objects and the indexes over them.
    fn fill(&mut self, filling: Filling, extracted: Vec<(ResourceKey, Option<Arc<Facts>>)>) {
        let book = self.book.clone();
        let listed = std::mem::take(&mut self.listed);
        *self = Self { listed, pods_hidden: self.pods_hidden, ..Self::new(book) };
        let (keys, facts): (Vec<_>, Vec<_>) =
            extracted.into_iter().filter_map(|(key, facts)| Some((Some(key), Some(facts?)))).unzip();
        let all = || {
            keys.iter()
                .zip(&facts)
                .enumerate()
                .filter_map(|(at, (key, facts))| Some((filling.id(at), key.as_ref()?, facts.as_ref()?)))
        };
        let hidden = self.pods_hidden;
        let (select, (ids, uids)) = (&mut self.select, (&mut self.ids, &mut self.uids));
        rayon::join(
            || {
                select.demand(all().flat_map(|(.., facts)| &facts.selections));
                for (id, key, facts) in all() {
                    select.post(id, key, facts, is_pod_like(key, facts, hidden), None);
                    facts.selections.iter().for_each(|selection| select.register(id, selection));
                }
            },
            || {
                ids.reserve(keys.len() + keys.len() / 8);
                uids.reserve(keys.len());
                for (id, key, facts) in all() {
                    ids.insert(key.clone(), id);
                    if let Some(uid) = &facts.uid {
                        uids.insert(uid.clone(), id);
                    }
                }
            },
        );
        // Objects of a kind stand together.
        for same in keys.chunk_by(|one, other| kind(one) == kind(other)) {
            let count = u32::try_from(same.len()).unwrap_or(u32::MAX);
            self.counts.insert(same.first().map_or("", kind).into(), count);
        }
        for (id, key, facts) in all() {
            for superseded in &facts.supersedes {
                *self.superseded.entry(superseded.clone()).or_default() += 1;
            }
            if let Some(namespace) = Export::concerns(key, &facts.exports) {
                self.grants.entry(namespace).or_default().push(id);
            }
            for export in &facts.exports {
                if let Export::Defines(kind) = export {
                    self.definers.insert(kind.to_string().into(), id);
                }
            }
        }
        (self.keys, self.facts) = (keys, facts);
        self.in_order = true;
    }

    /// Gives ids to what is referred to and is not there.
    fn add_ghosts(&mut self, all: Filling, resolved: &[Vec<Resolved>]) {
        let far = |resolved: &Vec<Resolved>| {
            let drafts = resolved.iter().flat_map(|resolved| &resolved.drafts);
            let ghosts = drafts.filter_map(|draft| match &draft.far {
                Far::Ghost(key) => Some(key.clone()),
                Far::Node(_) => None,
            });
            let mut ghosts: Vec<ResourceKey> = ghosts.collect();
            ghosts.sort_unstable();
            ghosts.dedup();
            ghosts
        };
        let mut ghosts: Vec<ResourceKey> = resolved.par_iter().flat_map_iter(far).collect();
        ghosts.par_sort_unstable();
        ghosts.dedup();
        for key in ghosts {
            self.ids.insert(key.clone(), all.id(self.keys.len()));
            self.keys.push(Some(key));
            self.facts.push(None);
        }
    }

    fn declare(&self, id: NodeId, mut resolved: Resolved, states: &[EdgeState]) -> Declared {
        let mut ends = Vec::with_capacity(resolved.drafts.len());
        let edge = |draft: Draft| {
            let far = match &draft.far {
                Far::Node(far) => *far,
                // Every ghost has been given its id.
                Far::Ghost(key) => self.ids.get(key).copied().unwrap_or(id),
            };
            if ends.last() != Some(&far) {
                ends.push(far);
            }
            let state = states.get(far.index()).copied().unwrap_or(EdgeState::Unknown);
            draft.edge(id, far, state)
        };
        let drafts = std::mem::take(&mut resolved.drafts);
        let edges = drafts.into_iter().map(edge).collect();
        let Resolved { wants, seeks, left_out, .. } = resolved;
        Declared { edges, ends, wants, seeks, left_out }
    }

    fn tallies(&self, declared: &[Declared]) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.keys.len()];
        for edge in declared.iter().flat_map(|declared| declared.edges.iter()) {
            self.book.counted.tally(&mut tallies, edge, true);
        }
        tallies
    }

    /// Who waits for what.
    fn remember(&mut self, all: Filling, declared: &mut [Declared]) {
        self.wants =
            declared.iter_mut().map(|declared| std::mem::take(&mut declared.wants).into_boxed_slice()).collect();
        self.wants.resize_with(self.keys.len(), Box::default);
        let mut wanted: FxHashMap<ResourceKey, Vec<NodeId>> = FxHashMap::default();
        for (at, wants) in self.wants.iter().enumerate() {
            for key in wants {
                match wanted.get_mut(key) {
                    Some(list) => list.push(all.id(at)),
                    None => {
                        wanted.insert(key.clone(), vec![all.id(at)]);
                    }
                }
            }
        }
        self.wanted = wanted;
        for (at, declared) in declared.iter_mut().enumerate() {
            for namespace in declared.seeks.drain(..) {
                let seekers = self.grant_seekers.entry(namespace).or_default();
                if seekers.last() != Some(&all.id(at)) {
                    seekers.push(all.id(at));
                }
            }
        }
    }
}
