//! One application's block: its cards as leaves of the layout, its lines as edges.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{EdgeState, RelationClass, ResourceKey};
use rustc_hash::{FxHashMap, FxHashSet};

use super::cards;
use super::drafts::Line;
use super::folds::Folded;
use super::kinds::{self, column};
use super::spec::{BlockSpec, CardSpec, EdgeSpec, Pill, shown};
use crate::geometry::{BLOCK_HEAD, Role};

/// A card that this many others of its block refer to is drawn as a badge on each instead of as many lines.
const SHARED: usize = 4;

/// The block of these cards and the lines among them.
pub(super) fn block_spec(id: Arc<str>, title: Arc<str>, folded: Folded, lines: &[Line], is_grid: bool) -> BlockSpec {
    let Folded { cards: mut specs, counts, places, .. } = folded;
    let place: FxHashMap<usize, usize> = places.into_iter().collect();
    let mut edges: Vec<EdgeSpec> = lines
        .iter()
        .filter_map(|line| {
            let label = (!line.labels.is_empty()).then(|| cards::label(&join(&line.labels)).0);
            let Line { class, state, inferred, count, is_turned, .. } = *line;
            let (from, to) = (*place.get(&line.from)?, *place.get(&line.to)?);
            let words = all(&line.labels);
            Some(EdgeSpec { from, to, class, state, inferred, count, label, words, is_turned })
        })
        .filter(|edge| edge.from != edge.to)
        .collect();
    answer(&mut edges);
    share(&mut specs, &mut edges);
    let under = stand_under(&specs, &edges);
    // Cards of a column are of one width.
    let widths: BTreeMap<u8, i32> = specs.iter().fold(BTreeMap::new(), |mut widths, spec| {
        let widest = widths.entry(spec.column).or_insert(0);
        *widest = (*widest).max(cards::size(spec).width);
        widths
    });
    let leaves = specs
        .iter()
        .zip(under)
        .map(|(spec, under): (&CardSpec, Option<usize>)| layout::Leaf {
            id: spec.key.as_str().into(),
            size: layout::Size {
                width: widths.get(&under.map_or(spec.column, |host| specs[host].column)).copied().unwrap_or(0),
                height: cards::size(spec).height,
            },
            column: Some(spec.column),
            under,
            port: cards::PORT,
        })
        .collect();
    let group_edges = edges
        .iter()
        .map(|edge| layout::Edge {
            from: if edge.is_turned { edge.to } else { edge.from },
            to: if edge.is_turned { edge.from } else { edge.to },
            weight: weight(edge),
            label: edge.label.as_ref().map(|label| cards::label(label).1),
        })
        .collect();
    let subtitle: Arc<str> = kinds::objects(counts.objects).into();
    let least_width =
        cards::whole(Role::BlockTitle.width(&title).min(240.0) + Role::BlockSubtitle.width(&subtitle) + 56.0);
    let shape = if is_grid { layout::Shape::Grid { stretch: false } } else { layout::Shape::Columns };
    let group = layout::Group {
        id: Arc::clone(&id),
        leaves,
        edges: group_edges,
        shape,
        header: cards::whole(BLOCK_HEAD),
        least_width,
    };
    BlockSpec { id, title, subtitle, counts, cards: specs, edges, group: Arc::new(group) }
}

/// Two cards that name each other, as a claim and its volume do, are joined by one line: the one in reading direction.
fn answer(edges: &mut Vec<EdgeSpec>) {
    let plain = |edge: &EdgeSpec| edge.class == RelationClass::Refers && edge.label.is_none();
    let named: FxHashSet<(usize, usize)> =
        edges.iter().filter(|edge| plain(edge)).map(|edge| (edge.from, edge.to)).collect();
    edges.retain(|edge| edge.from < edge.to || !plain(edge) || !named.contains(&(edge.to, edge.from)));
}

/// Traffic is drawn straight first, then ownership, then what is referred to, then what governs.
fn weight(edge: &EdgeSpec) -> u8 {
    match edge.class {
        RelationClass::Routes => 6,
        RelationClass::Selects => 5,
        RelationClass::Owns => 4,
        RelationClass::Refers => 2,
        RelationClass::Governs | RelationClass::Member => 1,
    }
}

/// What many cards of a block refer to hangs on each as a badge; its own card stays, without lines.
fn share(specs: &mut [CardSpec], edges: &mut Vec<EdgeSpec>) {
    let mut users = vec![0_usize; specs.len()];
    for edge in edges.iter().filter(|edge| edge.class == RelationClass::Refers) {
        users[edge.to] += 1;
    }
    edges.retain(|edge| {
        let is_shared = edge.class == RelationClass::Refers
            && edge.state == EdgeState::Resolved
            && users[edge.to] >= SHARED
            && specs[edge.to].column >= column::REFERRED;
        if is_shared {
            let pill = shared(&specs[edge.to].key);
            specs[edge.from].badges.push(pill);
        }
        !is_shared
    });
}

/// The badge that says what a card refers to.
pub(super) fn shared(key: &ResourceKey) -> Pill {
    let text = if key.is("", "ServiceAccount") { format!("sa: {}", key.name()) } else { key.name().to_owned() };
    Pill::new(text, Some(key.clone()))
}

/// What only an entry refers to (its certificate) stands under it instead of at the far end of the row, and so does
/// what touches one referred card alone (its role, its class).
fn stand_under(specs: &[CardSpec], edges: &[EdgeSpec]) -> Vec<Option<usize>> {
    let mut lines = vec![0_usize; specs.len()];
    for edge in edges {
        lines[edge.from] += 1;
        lines[edge.to] += 1;
    }
    let mut under = vec![None; specs.len()];
    let mut hosts = vec![false; specs.len()];
    for edge in edges.iter().filter(|edge| edge.label.is_none()) {
        let of = |card: usize| specs[card].column;
        let (guest, host) = match (of(edge.from), of(edge.to)) {
            (from, to) if from <= column::ENTRY && to >= column::REFERRED => (edge.to, edge.from),
            (column::BEYOND, column::REFERRED) => (edge.from, edge.to),
            (column::REFERRED, column::BEYOND) => (edge.to, edge.from),
            _ => continue,
        };
        if lines[guest] == 1 && !hosts[host] && !hosts[guest] && under[host].is_none() && under[guest].is_none() {
            under[guest] = Some(host);
            hosts[host] = true;
        }
    }
    under
}

/// All labels of a line for a format that has the room, within reason.
pub(super) fn all(labels: &[Arc<str>]) -> Option<Arc<str>> {
    const MOST: usize = 12;
    match labels {
        [] => None,
        [one] => Some(shown(one)),
        _ => {
            let (first, rest) = labels.split_at(labels.len().min(MOST));
            let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
            Some(shown(&format!("{}{more}", first.join(", ")).into()))
        }
    }
}

/// What stands on a line: one label, or the first and how many more.
pub(super) fn join(labels: &[Arc<str>]) -> Arc<str> {
    match labels {
        [one] => shown(one),
        [one, other] if one.len() + other.len() < 16 => shown(&format!("{one}, {other}").into()),
        [one, rest @ ..] => shown(&format!("{one} +{}", rest.len()).into()),
        [] => "".into(),
    }
}
