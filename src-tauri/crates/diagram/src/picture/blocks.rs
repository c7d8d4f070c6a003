//! Divides the cards of a namespace into applications, by label and neighbours, and what is loose into one quiet block.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{EdgeState, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::NodeId;

use super::content::{Away, Draft, Drafts, Line};
use super::kinds::{self, column};
use super::plan::Members;
use super::spec::{BlockSpec, CardSpec, EdgeSpec, Outward, Pill, Seat};
use super::{Options, cards};
use crate::geometry::{BLOCK_HEAD, Role};
use crate::scene::{CardLook, Counts};

/// Loose cards of one kind beyond this many fold into one.
const LOOSE: usize = 6;

/// A card that this many others of its block refer to is drawn as a badge on each instead of as many lines.
const SHARED: usize = 4;

/// Name of the block of loose cards; sorts after every application.
const OTHER: &str = "~other";

type Divided = (Vec<Arc<BlockSpec>>, FxHashMap<NodeId, Seat>, Vec<Outward>);

/// Blocks, the seat of each node in them, and the links that leave a block.
pub(super) fn divide(
    options: &Options,
    frame: &str,
    namespace: &str,
    mut drafts: Drafts,
    members: &Members,
) -> Divided {
    let gone = fold_bindings(options, &mut drafts);
    let adopted: FxHashMap<NodeId, NodeId> = members.adopted.iter().copied().collect();
    let names = name_blocks(&drafts, &gone, &adopted);
    let mut blocks: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate().filter(|(at, _)| !gone[*at]) {
        blocks.entry(Arc::clone(name)).or_default().push(at);
    }
    let mut seat_of = vec![Seat { block: 0, card: 0 }; drafts.cards.len()];
    for (block, cards) in blocks.values().enumerate() {
        for (card, at) in cards.iter().enumerate() {
            seat_of[*at] = Seat { block, card };
        }
    }
    let Drafts { cards: mut all, card_of, lines, away } = drafts;
    let mut inside: Vec<Vec<Line>> = vec![Vec::new(); blocks.len()];
    let mut outward: Vec<Outward> = Vec::new();
    for line in lines {
        let (from, to) = (seat_of[line.from], seat_of[line.to]);
        if from.block == to.block {
            inside[from.block].push(line);
        } else {
            leave(&mut all, &line, from, &mut outward);
        }
    }
    outward.extend(away.into_iter().map(|Away { from, outward }| Outward { from: seat_of[from], ..outward }));
    outward.retain(|link| is_drawn_between(link.class));
    let mut specs = Vec::with_capacity(blocks.len());
    let mut moved: FxHashMap<usize, Seat> = FxHashMap::default();
    for (block, (name, members)) in blocks.iter().enumerate() {
        let is_other = &**name == OTHER;
        let mut group: Vec<(usize, Draft)> = Vec::with_capacity(members.len());
        for at in members {
            group.push((*at, std::mem::replace(&mut all[*at], empty())));
        }
        let title: Arc<str> = if is_other { "other".into() } else { Arc::clone(name) };
        let id: Arc<str> = format!("app:{namespace}/{name}").into();
        let lines = std::mem::take(&mut inside[block]);
        let folded = if is_other && !options.expand_all { fold_loose(options, group) } else { keep(group) };
        for (at, card) in &folded.places {
            moved.insert(*at, Seat { block, card: *card });
        }
        specs.push(Arc::new(block_spec(id, title, folded, &lines, is_other && inside_is_empty(&lines))));
    }
    for link in &mut outward {
        // Folding moved cards of the quiet block.
        let at = seat_of.iter().position(|seat| *seat == link.from);
        if let Some(seat) = at.and_then(|at| moved.get(&at)) {
            link.from = *seat;
        }
    }
    let mut seats: FxHashMap<NodeId, Seat> = FxHashMap::default();
    let mut nodes: Vec<(NodeId, usize)> = card_of.into_iter().collect();
    nodes.sort_unstable();
    for (node, at) in nodes {
        if let Some(seat) = moved.get(&at) {
            seats.insert(node, *seat);
        }
    }
    debug_assert!(frame.starts_with("ns:"));
    (specs, seats, outward)
}

fn inside_is_empty(lines: &[Line]) -> bool {
    lines.is_empty()
}

/// Between blocks traffic is drawn, and what selects across applications; everything else hangs on as a badge.
fn is_drawn_between(class: RelationClass) -> bool {
    matches!(class, RelationClass::Routes | RelationClass::Selects)
}

/// A line that leaves its block: traffic goes on as a link, a reference stays as a badge with the target's name.
fn leave(all: &mut [Draft], line: &Line, from: Seat, outward: &mut Vec<Outward>) {
    if is_drawn_between(line.class) {
        if let Some(to) = all[line.to].node {
            let label = (!line.labels.is_empty()).then(|| join(&line.labels));
            let Line { class, state, inferred, .. } = *line;
            outward.push(Outward { from, to, class, state, inferred, label });
        }
        return;
    }
    if line.class != RelationClass::Refers {
        return;
    }
    let key = all[line.to].spec.key.clone();
    let text: Arc<str> = match key.kind() {
        "ServiceAccount" => format!("sa: {}", key.name()).into(),
        _ => key.name().into(),
    };
    all[line.from].spec.badges.push(Pill { text, key: Some(key) });
}

/// A binding whose role and accounts stand beside it says nothing of its own: it lies in the role's card, and a line
/// runs from the role to the account.
fn fold_bindings(options: &Options, drafts: &mut Drafts) -> Vec<bool> {
    let mut gone = vec![false; drafts.cards.len()];
    if options.expand_all {
        return gone;
    }
    for (at, gone) in gone.iter_mut().enumerate() {
        let key = &drafts.cards[at].spec.key;
        if key.group() != "rbac.authorization.k8s.io" || !key.kind().ends_with("Binding") {
            continue;
        }
        let targets: Vec<usize> = drafts.lines.iter().filter(|line| line.from == at).map(|line| line.to).collect();
        let is = |card: usize, kind: &str| drafts.cards[card].spec.key.kind() == kind;
        let mut roles = targets.iter().copied().filter(|to| is(*to, "Role") || is(*to, "ClusterRole"));
        let (Some(role), None) = (roles.next(), roles.next()) else { continue };
        let accounts: Vec<usize> = targets.iter().copied().filter(|to| is(*to, "ServiceAccount")).collect();
        if accounts.is_empty()
            || drafts.cards[role].spec.look != CardLook::Object
            || options.expanded.contains(&drafts.cards[role].spec.key)
            || accounts.len() + 1 != targets.len()
        {
            continue;
        }
        *gone = true;
        let counts = std::mem::take(&mut drafts.cards[at].counts);
        drafts.cards[role].counts.merge(&counts);
        drafts.cards[role].spec.folded += 1;
        drafts.lines.retain(|line| line.from != at && line.to != at);
        for account in accounts {
            drafts.lines.push(Line {
                from: role,
                to: account,
                class: RelationClass::Governs,
                state: EdgeState::Resolved,
                inferred: false,
                count: 1,
                labels: Vec::new(),
                is_turned: false,
            });
        }
        let mut seats: Vec<NodeId> = Vec::new();
        seats.extend(drafts.cards[at].node);
        for node in seats {
            drafts.card_of.insert(node, role);
        }
    }
    gone
}

/// The name of each card's block.
fn name_blocks(drafts: &Drafts, gone: &[bool], adopted: &FxHashMap<NodeId, NodeId>) -> Vec<Arc<str>> {
    let count = drafts.cards.len();
    let mut tree = Forest((0..count).collect());
    let mut first_of: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, draft) in drafts.cards.iter().enumerate() {
        if let Some(app) = &draft.app {
            tree.join(*first_of.entry(app).or_insert(at), at);
        }
    }
    // What cannot have labels stands by what it serves.
    for (at, draft) in drafts.cards.iter().enumerate() {
        let by = draft.by.or_else(|| draft.node.and_then(|node| adopted.get(&node).copied()));
        if let Some(host) = by.and_then(|by| drafts.card_of.get(&by)) {
            tree.join(*host, at);
        }
    }
    // Connected objects without an application form one of their own, unless what connects them is shared.
    let mut users = vec![0_usize; count];
    for line in drafts.lines.iter().filter(|line| line.class == RelationClass::Refers) {
        users[line.to] += 1;
    }
    let is_free = |at: usize| drafts.cards[at].app.is_none();
    let apps_of: Vec<Option<Arc<str>>> = group_apps(&mut tree, drafts);
    for line in &drafts.lines {
        let is_shared = line.class == RelationClass::Refers && users[line.to] > 1;
        let (from, to) = (line.from, line.to);
        if is_shared || line.inferred {
            continue;
        }
        match (&apps_of[from], &apps_of[to]) {
            (None, None) => tree.join(from, to),
            // A governor or reference without labels goes with the one application it touches.
            (Some(_), None) if is_free(to) && users[to] <= 1 => tree.join(from, to),
            (None, Some(_)) if is_free(from) && drafts.lines.iter().filter(|other| other.from == from).count() == 1 => {
                tree.join(to, from);
            }
            _ => {}
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in (0..count).filter(|at| !gone[*at]) {
        groups.entry(tree.root(at)).or_default().push(at);
    }
    let mut names: Vec<Arc<str>> = vec![OTHER.into(); count];
    for cards in groups.values() {
        let app = cards.iter().find_map(|at| drafts.cards[*at].app.clone());
        let rank = |at: &&usize| {
            let spec = &drafts.cards[**at].spec;
            (drafts.cards[**at].weight, spec.look == CardLook::Object, std::cmp::Reverse(spec.key.clone()))
        };
        let best = cards.iter().max_by_key(rank).map(|at| &drafts.cards[*at]);
        let is_loose = cards.len() == 1 && best.is_some_and(|draft| draft.weight < 4);
        let name = match (app, best) {
            _ if is_loose => continue,
            (Some(app), _) => app,
            (None, Some(draft)) => draft.spec.key.name().into(),
            (None, None) => continue,
        };
        for at in cards {
            names[*at] = Arc::clone(&name);
        }
    }
    names
}

/// The application of each card's group so far.
fn group_apps(tree: &mut Forest, drafts: &Drafts) -> Vec<Option<Arc<str>>> {
    let mut apps: FxHashMap<usize, Arc<str>> = FxHashMap::default();
    for (at, draft) in drafts.cards.iter().enumerate() {
        if let Some(app) = &draft.app {
            apps.insert(tree.root(at), Arc::clone(app));
        }
    }
    (0..drafts.cards.len()).map(|at| apps.get(&tree.root(at)).cloned()).collect()
}

/// Disjoint sets; the smaller number is the root, so the result does not depend on the order of joins.
struct Forest(Vec<usize>);

impl Forest {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Cards of a block with where each draft went.
struct Folded {
    cards: Vec<CardSpec>,
    counts: Counts,
    places: Vec<(usize, usize)>,
    nodes: Vec<Option<usize>>,
}

fn keep(group: Vec<(usize, Draft)>) -> Folded {
    let mut folded = Folded { cards: Vec::new(), counts: Counts::default(), places: Vec::new(), nodes: Vec::new() };
    for (at, draft) in group {
        folded.counts.merge(&draft.counts);
        folded.places.push((at, folded.cards.len()));
        folded.nodes.push(Some(at));
        folded.cards.push(draft.spec);
    }
    folded
}

/// Folds what is well and numerous into one card per kind.
fn fold_loose(options: &Options, group: Vec<(usize, Draft)>) -> Folded {
    let mut of_kind: BTreeMap<(String, String), usize> = BTreeMap::new();
    let kind = |key: &ResourceKey| (key.group_name().to_owned(), key.kind().to_owned());
    let is_quiet = |draft: &Draft| !draft.spec.health.is_problem() && draft.spec.look == CardLook::Object;
    for (_, draft) in group.iter().filter(|(_, draft)| is_quiet(draft)) {
        *of_kind.entry(kind(&draft.spec.key)).or_default() += 1;
    }
    let mut folded = Folded { cards: Vec::new(), counts: Counts::default(), places: Vec::new(), nodes: Vec::new() };
    let mut folds: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (at, draft) in group {
        folded.counts.merge(&draft.counts);
        let of = kind(&draft.spec.key);
        let many = of_kind.get(&of).copied().unwrap_or(0);
        let key = ResourceKey::new(draft.spec.key.group(), draft.spec.key.kind(), draft.spec.key.namespace(), "*");
        if many <= LOOSE || !is_quiet(&draft) || options.expanded.contains(&key) {
            folded.places.push((at, folded.cards.len()));
            folded.nodes.push(Some(at));
            folded.cards.push(draft.spec);
            continue;
        }
        let card = *folds.entry(of).or_insert_with(|| {
            let name: Arc<str> = kinds::plural(many, key.kind()).into();
            folded.nodes.push(None);
            folded.cards.push(fold(key, name, draft.spec.health, draft.spec.column));
            folded.cards.len() - 1
        });
        folded.places.push((at, card));
        folded.cards[card].folded += 1;
    }
    folded
}

/// A card that stands for many of a kind.
pub(super) fn fold(key: ResourceKey, name: Arc<str>, health: model::Health, column: u8) -> CardSpec {
    CardSpec {
        key,
        look: CardLook::Fold,
        name,
        caption: "folded · open to see them".into(),
        health,
        status: "".into(),
        pods: Vec::new(),
        tallies: Vec::new(),
        badges: Vec::new(),
        note: None,
        meters: None,
        folded: 0,
        column,
    }
}

fn empty() -> Draft {
    let key = ResourceKey::new("", "Nothing", "", "moved");
    let spec = fold(key, "".into(), model::Health::Neutral, 0);
    Draft { spec, node: None, app: None, weight: 0, counts: Counts::default(), by: None }
}

/// What stands on a line: one label, or the first and how many more.
fn join(labels: &[Arc<str>]) -> Arc<str> {
    match labels {
        [one] => Arc::clone(one),
        [one, other] if one.len() + other.len() < 16 => format!("{one}, {other}").into(),
        [one, rest @ ..] => format!("{one} +{}", rest.len()).into(),
        [] => "".into(),
    }
}

fn block_spec(id: Arc<str>, title: Arc<str>, folded: Folded, lines: &[Line], is_grid: bool) -> BlockSpec {
    let Folded { cards: mut specs, counts, places, .. } = folded;
    let place: FxHashMap<usize, usize> = places.into_iter().collect();
    let mut edges: Vec<EdgeSpec> = lines
        .iter()
        .filter_map(|line| {
            let label = (!line.labels.is_empty()).then(|| cards::label(&join(&line.labels)).0);
            let Line { class, state, inferred, count, is_turned, .. } = *line;
            let (from, to) = (*place.get(&line.from)?, *place.get(&line.to)?);
            Some(EdgeSpec { from, to, class, state, inferred, count, label, is_turned })
        })
        .filter(|edge| edge.from != edge.to)
        .collect();
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

/// Traffic is drawn straight first, then ownership, then what is referred to, then what governs.
fn weight(edge: &EdgeSpec) -> u8 {
    match edge.class {
        RelationClass::Routes => 6,
        RelationClass::Selects => 5,
        RelationClass::Owns => 4,
        RelationClass::Refers if edge.state == EdgeState::Missing => 3,
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
            let key = specs[edge.to].key.clone();
            let text =
                if key.kind() == "ServiceAccount" { format!("sa: {}", key.name()) } else { key.name().to_owned() };
            specs[edge.from].badges.push(Pill { text: text.into(), key: Some(key) });
        }
        !is_shared
    });
}

/// What only an entry refers to (its certificate) stands under it instead of at the far end of the row.
fn stand_under(specs: &[CardSpec], edges: &[EdgeSpec]) -> Vec<Option<usize>> {
    let mut lines = vec![0_usize; specs.len()];
    for edge in edges {
        lines[edge.from] += 1;
        lines[edge.to] += 1;
    }
    let mut under = vec![None; specs.len()];
    let mut taken = vec![false; specs.len()];
    for edge in edges {
        let is_entry = specs[edge.from].column <= column::ENTRY;
        let is_referred = specs[edge.to].column >= column::REFERRED && lines[edge.to] == 1;
        if is_entry && is_referred && !taken[edge.from] && under[edge.from].is_none() {
            under[edge.to] = Some(edge.from);
            taken[edge.from] = true;
        }
    }
    under
}
