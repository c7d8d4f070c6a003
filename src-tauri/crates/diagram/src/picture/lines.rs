//! Lines among the cards of a namespace: the edges of the graph lifted to the cards that stand for their ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{EdgeState, RelationClass, ResourceKey};
use rustc_hash::{FxHashMap, FxHashSet};
use topology::{Edge, Graph, Lens, NodeId};

use super::drafts::{Away, Draft, Drafts, Line};
use super::hosts::Role;
use super::kinds::{self, Manner};
use super::plan::Members;
use super::spec::{Outward, Pill, Seat};
use super::view::{View, is_built_in};

/// So many cluster-wide objects of one kind are named on a card; more are counted.
const WIDE: usize = 2;

/// Lifts the edges of the graph to the cards.
pub(super) fn draw_lines(
    graph: &Graph,
    lens: Lens,
    view: &View,
    members: &Members,
    roles: &FxHashMap<NodeId, Role>,
    drafts: &mut Drafts,
) {
    let mut lines: Vec<(usize, usize, &Edge)> = Vec::new();
    let mut wide: BTreeMap<(usize, &str), BTreeSet<&ResourceKey>> = BTreeMap::new();
    let all = members.nodes.iter().chain(members.adopted.iter().map(|(id, _)| id));
    for id in all.copied() {
        if matches!(roles.get(&id), Some(Role::Badge | Role::OnFrame | Role::Quiet)) {
            continue;
        }
        let Some(from) = drafts.card_of.get(&id).copied() else { continue };
        for edge in graph.outgoing(id) {
            if !view.shows(edge.to) || !lens.shows(graph.rule(edge)) {
                continue;
            }
            // What was put there by whom is membership; under every other lens the frames say who belongs where.
            if edge.class == RelationClass::Member && (lens != Lens::Gitops || is_frame(graph, id)) {
                continue;
            }
            let far = graph.node(edge.to);
            // An account folded into its one user's card is told there; the runs of a CronJob would point back at it.
            let is_told = far.key.is("", "ServiceAccount") && matches!(roles.get(&edge.to), Some(Role::In(_)));
            if is_built_in(&far.key) || is_told {
                continue;
            }
            match drafts.card_of.get(&edge.to).copied() {
                Some(to) if to == from => {}
                Some(to) => lines.push((from, to, edge)),
                None if is_far(&far.key, graph.node(id).key.namespace()) => {
                    let outward = Outward {
                        from: Seat { block: 0, card: from },
                        to: edge.to,
                        class: edge.class,
                        state: edge.state,
                        inferred: edge.inferred,
                        labels: edge.label.iter().filter(|label| !label.is_empty()).cloned().collect(),
                    };
                    drafts.away.push(Away { from, outward });
                }
                None if far.key.namespace().is_empty() && lens != Lens::All => {
                    wide.entry((from, far.key.kind())).or_default().insert(&far.key);
                }
                None => {}
            }
        }
    }
    for ((card, kind), keys) in wide {
        drafts.cards[card].spec.badges.extend(wide_badges(kind, &keys));
    }
    lines.sort_by_key(|(from, to, edge)| (*from, *to, edge.class, edge.relation));
    for part in lines.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (from, to, first) = part[0];
        drafts.lines.push(line(graph, from, to, first, part.iter().map(|line| line.2)));
    }
    join_runs(drafts);
}

/// A CronJob owns its runs, whose card is no node. What the runs refer to, the CronJob's template refers to as well: the
/// runs say it.
fn join_runs(drafts: &mut Drafts) {
    let cronjob_of = |draft: &Draft| draft.by.filter(|_| draft.node.is_none());
    let runs: Vec<(usize, usize)> = drafts
        .cards
        .iter()
        .enumerate()
        .filter_map(|(at, draft)| Some((*drafts.card_of.get(&cronjob_of(draft)?)?, at)))
        .collect();
    let cronjobs: FxHashMap<usize, usize> = runs.iter().map(|(cronjob, run)| (*run, *cronjob)).collect();
    let told: FxHashSet<(usize, usize)> =
        drafts.lines.iter().filter_map(|line| Some((*cronjobs.get(&line.from)?, line.to))).collect();
    drafts.lines.retain(|line| line.class != RelationClass::Refers || !told.contains(&(line.from, line.to)));
    let joined: FxHashSet<(usize, usize)> = drafts
        .lines
        .iter()
        .filter(|line| cronjobs.get(&line.to) == Some(&line.from))
        .map(|line| (line.from, line.to))
        .collect();
    for (cronjob, run) in runs.into_iter().filter(|pair| !joined.contains(pair)) {
        drafts.lines.push(Line::plain(cronjob, run, RelationClass::Owns, drafts.cards[run].spec.folded));
    }
}

/// Whether what an edge says flows against it: a Route names its Gateway, and traffic comes from there.
pub(super) fn is_turned(from: &ResourceKey, to: &ResourceKey) -> bool {
    to.kind() == "Gateway" && from.kind().ends_with("Route")
}

/// What a card refers to among the cluster-wide objects, as badges: each by name, or how many where they are more.
fn wide_badges(kind: &str, keys: &BTreeSet<&ResourceKey>) -> Vec<Pill> {
    if keys.len() > WIDE {
        return vec![Pill::new(kinds::plural(keys.len(), &kind.to_lowercase()), None)];
    }
    let text = |key: &ResourceKey| match kind {
        _ if kind.ends_with("Class") => format!("class: {}", key.name()),
        "PersistentVolume" => format!("volume: {}", key.name()),
        "Node" => format!("on {}", key.name()),
        _ => key.name().to_owned(),
    };
    keys.iter().map(|key| Pill::new(text(key), Some((*key).clone()))).collect()
}

/// Whether a node is no card but the frame around others.
fn is_frame(graph: &Graph, id: NodeId) -> bool {
    kinds::of(&graph.node(id).key).manner == Manner::Frame
}

/// Whether a link to another frame is worth its way: traffic is, what cluster-wide things are used for is not.
fn is_far(target: &ResourceKey, namespace: &str) -> bool {
    !target.namespace().is_empty() && target.namespace() != namespace
}

/// One line of several edges between two cards.
fn line<'a>(graph: &Graph, from: usize, to: usize, first: &Edge, edges: impl Iterator<Item = &'a Edge>) -> Line {
    let mut line = Line { inferred: true, ..Line::plain(from, to, first.class, 0) };
    let mut relation = None;
    let mut selects = false;
    let mut endpoints: BTreeMap<NodeId, Option<&Arc<str>>> = BTreeMap::new();
    for edge in edges {
        let start = &graph.node(edge.from).key;
        // Endpoints repeat what the Service's selector says.
        let is_slice = kinds::of(start).manner == Manner::Slice;
        selects |= edge.class == RelationClass::Selects || is_slice;
        line.count += u32::from(relation != Some(edge.relation));
        relation = Some(edge.relation);
        line.inferred &= edge.inferred;
        line.state = match (line.state, edge.state) {
            (EdgeState::Missing, _) | (_, EdgeState::Missing) => EdgeState::Missing,
            (EdgeState::Unknown, _) | (_, EdgeState::Unknown) => EdgeState::Unknown,
            _ => EdgeState::Resolved,
        };
        if is_slice && graph.node(edge.to).key.is("", "Pod") {
            endpoints.insert(edge.to, edge.label.as_ref());
        } else {
            line.labels.extend(edge.label.iter().filter(|label| !label.is_empty()).cloned());
        }
        line.is_turned |= is_turned(start, &graph.node(edge.to).key);
    }
    if selects && line.class == RelationClass::Routes {
        line.class = RelationClass::Selects;
    }
    line.labels.extend(readiness(&endpoints));
    line.labels.sort();
    line.labels.dedup();
    line
}

/// What a line to pods says of those that are not ready: one of several is no reason to call them all so.
fn readiness(endpoints: &BTreeMap<NodeId, Option<&Arc<str>>>) -> Option<Arc<str>> {
    let amiss = endpoints.values().flatten().min()?;
    match endpoints.values().filter(|label| label.is_none()).count() {
        0 => Some(Arc::clone(amiss)),
        ready => Some(format!("{ready}/{} ready", endpoints.len()).into()),
    }
}
